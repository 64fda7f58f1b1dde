import type { ErrorCode, ErrorDetails } from '../base/errors';
import { codeText } from '../coap/code-names';
import type { Localize } from './localize';
import type { Wordings } from './wording-table';

/** A message, and what the board says itself. */
export function withDiagnostic(message: string, diagnostic: string | undefined, t: Localize): string {
  return diagnostic ? t('{0} It says: “{1}”.', message, diagnostic) : message;
}

/** Words for a board's refusal of a request: the code by its name, and what it asks for (LwM2M Core §6.3, table of each operation). */
export const responseWordings: Wordings<Extract<ErrorCode, 'coap.response'>> = {
  'coap.response': (details, t) => [
    withDiagnostic(
      t('The board answered {0} {1} with {2}.', details.method, details.path, codeText(details.code)),
      details.diagnostic,
      t,
    ),
    refusalRemedy(details, t),
  ],
};

function refusalRemedy({ method, code }: ErrorDetails['coap.response'], t: Localize): string {
  switch (code) {
    case '4.00':
      return method === 'GET' || method === 'DELETE'
        ? t('Its client does not take the request as it is; its console may say why.')
        : t(
            'Compare the value or the arguments with what the resource takes: type, range, and what is mandatory.',
          );
    case '4.01':
    case '4.03':
      return t(
        'Give this server the right to it in the board’s Access Control object (2), or use another one.',
      );
    case '4.04':
      return t(
        'It has no such object, instance or resource, or no value there: refresh, and choose one it lists.',
      );
    case '4.05':
      return methodRemedy(method, t);
    case '4.06':
    case '4.15':
      return t(
        'Its client knows no content format for this that Slipway speaks: enable TLV, SenML CBOR or text in it.',
      );
    case '4.08':
    case '4.13':
      return t(
        'It has no room for a value of that size: write a shorter one, or give its client a larger buffer.',
      );
    case '4.09':
    case '5.03':
      return t('It is busy or in a state that forbids this: wait a little, then try again.');
    case '5.01':
      return t('Its client has not got this operation: enable it in the client, or do without.');
    case '5.00':
      return t('Something failed on the board: its console should say what.');
    default:
      return t('See whether the board has that resource and allows this operation on it.');
  }
}

/** The operations by their methods (LwM2M Core §6.3, CoAP mapping §6.4 of the transport bindings). */
function methodRemedy(method: string, t: Localize): string {
  switch (method) {
    case 'GET':
      return t('It can’t be read or observed: the resource is to be executed or written only.');
    case 'PUT':
      return t('It can’t be written: the resource is read-only, or its firmware sets the value itself.');
    case 'DELETE':
      return t('Its client does not let this instance be deleted: some objects keep theirs.');
    case 'POST':
      return t(
        'It can’t be executed or created: only resources of type Execute, and objects that take new instances, can.',
      );
    default:
      return t('See whether the board has that resource and allows this operation on it.');
  }
}
