/** Why a request of a board is refused: the CoAP code of the answer, and a reason for the log. */
export interface Refusal {
  readonly refused: '4.00' | '4.04' | '4.12' | '4.15';
  readonly reason: string;
}

export function refuse(refused: Refusal['refused'], reason: string): Refusal {
  return { refused, reason };
}

/** Whether an outcome is a refusal. */
export function isRefusal(outcome: object): outcome is Refusal {
  return 'refused' in outcome;
}

/** What the queries of a Register or Update tell (LwM2M Core §6.2.1, §6.2.2); only what was there. */
export interface RegistrationQuery {
  readonly endpoint?: string;
  /** Seconds; 0 is forever, from version 1.2 on. */
  readonly lifetime?: number;
  readonly lwm2mVersion?: string;
  /** Binding letters without the `Q` of version 1.0. */
  readonly binding?: string;
  readonly queueMode: boolean;
  readonly sms?: string;
}

/** Longest endpoint name: a Uri-Query has at most 255 bytes (RFC 7252 §5.10), and `ep=` takes three. */
const MAX_ENDPOINT_BYTES = 252;

/** Lifetime is an unsigned number of 32 bits in the Server object of 1.0. */
const MAX_LIFETIME_S = 2 ** 32 - 1;

/** Letters of the Binding Mode (LwM2M Core §6.2.1.2); `S`, `Q` are those of 1.0. */
const BINDING_LETTERS = /^[UTMHNSQ]{1,8}$/;

/** Reads the queries of a Register or Update. Unknown ones are ignored (LwM2M Core §6.2.1). */
export function parseRegistrationQuery(query: readonly string[]): RegistrationQuery | Refusal {
  const fields = new Map<string, string>();
  let bareQueueMode = false;
  for (const part of query) {
    const separator = part.indexOf('=');
    if (separator < 0) {
      bareQueueMode ||= part === 'Q';
      continue;
    }
    const name = part.slice(0, separator);
    if (fields.has(name)) return refuse('4.00', `two values of ${name}`);
    fields.set(name, part.slice(separator + 1));
  }
  const endpoint = fields.get('ep');
  if (endpoint !== undefined && !isEndpointName(endpoint)) return refuse('4.00', 'no endpoint name');
  const lifetime = fields.get('lt');
  if (lifetime !== undefined && !(/^\d{1,10}$/.test(lifetime) && Number(lifetime) <= MAX_LIFETIME_S)) {
    return refuse('4.00', 'no lifetime');
  }
  const version = fields.get('lwm2m');
  if (version !== undefined && !/^\d{1,3}\.\d{1,3}$/.test(version)) return refuse('4.00', 'no version');
  const binding = fields.get('b');
  if (binding !== undefined && !BINDING_LETTERS.test(binding)) return refuse('4.00', 'no binding');
  const sms = fields.get('sms');
  return {
    ...(endpoint !== undefined && { endpoint }),
    ...(lifetime !== undefined && { lifetime: Number(lifetime) }),
    ...(version !== undefined && { lwm2mVersion: version }),
    ...(binding !== undefined && { binding: binding.replace(/Q/g, '') || 'U' }),
    queueMode: bareQueueMode || (binding?.includes('Q') ?? false),
    ...(sms !== undefined && { sms }),
  };
}

/** Names of control characters would forge lines in a log or a terminal. */
function isEndpointName(name: string): boolean {
  return name.trim() !== '' && Buffer.byteLength(name) <= MAX_ENDPOINT_BYTES && !/\p{Cc}/u.test(name);
}
