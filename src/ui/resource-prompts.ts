import { type QuickPickItem, l10n, window } from 'vscode';
import { SlipwayError } from '../base/errors';
import type { ResourceDefinition, ResourceType } from '../lwm2m/objects/definition';
import { type InputDefinition, parseInput } from '../lwm2m/value-input';
import type { ResourceValue } from '../lwm2m/values';
import { parseAttributes } from './attribute-input';
import { copyText } from './resource-text';
import { argumentsProblem, problemText, rangeText, typeHint } from './resource-wording';
import { describeError } from './wording';

/** The types of a resource that has no definition. */
const types: readonly ResourceType[] = [
  'string',
  'integer',
  'unsigned',
  'float',
  'boolean',
  'time',
  'opaque',
  'objlnk',
];

/** Asks for the value of a resource in the way of its type; `current` is shown. Rejects `cancelled`. */
export async function askValue(
  title: string,
  definition: ResourceDefinition | undefined,
  current?: ResourceValue,
): Promise<ResourceValue> {
  const known: InputDefinition = definition ?? { type: await askType(title) };
  if (known.type === 'boolean') return (await pickNamed(title, booleans, current)) === 1;
  if (known.enumeration && isInteger(known.type)) {
    const named = await pickNamed(title, known.enumeration, current, l10n.t('Another number…'));
    if (named !== undefined) return named;
  }
  const hints = [
    l10n.t('Type {0}', typeHint(known.type, l10n.t)),
    ...[definition && rangeText(definition, l10n.t)].filter((text) => text !== undefined),
  ];
  const text = await window.showInputBox({
    title,
    prompt: hints.join('; '),
    value: current === undefined ? '' : copyText(current),
    ignoreFocusOut: true,
    validateInput: (typed) => {
      const input = parseInput(typed, known);
      return 'problem' in input ? problemText(input.problem, l10n.t) : undefined;
    },
  });
  const input = text === undefined ? undefined : parseInput(text, known);
  if (!input || 'problem' in input) throw new SlipwayError('cancelled', {});
  return input.value;
}

/** Arguments of an Execute. Rejects `cancelled`. */
export async function askArguments(title: string): Promise<string> {
  return answered(
    await window.showInputBox({
      title,
      prompt: l10n.t("Digits with values in quotes, such as 0='30',1"),
      ignoreFocusOut: true,
      validateInput: (text) => argumentsProblem(text, l10n.t),
    }),
  );
}

/** A number of an instance; undefined where none was typed and `isOptional`. Rejects `cancelled`. */
export async function askId(title: string, prompt: string, isOptional: boolean): Promise<number | undefined> {
  const text = answered(
    await window.showInputBox({
      title,
      prompt,
      ignoreFocusOut: true,
      validateInput: (typed) =>
        (isOptional && typed === '') || (/^\d{1,5}$/.test(typed) && Number(typed) <= 65534)
          ? undefined
          : l10n.t('Type a number from 0 to 65534.'),
    }),
  );
  return text === '' ? undefined : Number(text);
}

/** The attributes of notifications, to be changed in one line. Rejects `cancelled`. */
export async function askAttributes(
  title: string,
  path: string,
  before: string,
): Promise<ReturnType<typeof parseAttributes>> {
  const text = answered(
    await window.showInputBox({
      title,
      prompt: l10n.t(
        'pmin and pmax in seconds; gt, lt and st of a number: pmin=5 pmax=60 gt=30. What you remove ends.',
      ),
      value: before,
      ignoreFocusOut: true,
      validateInput: (typed) => {
        try {
          parseAttributes(path, typed, before);
          return undefined;
        } catch (error) {
          return describeError(error, l10n.t).message;
        }
      },
    }),
  );
  return parseAttributes(path, text, before);
}

/** Asks before something that can't be undone. Rejects `cancelled`. */
export async function confirm(question: string, detail: string, button: string): Promise<void> {
  const answer = await window.showWarningMessage(question, { modal: true, detail }, button);
  if (answer !== button) throw new SlipwayError('cancelled', {});
}

const booleans: ReadonlyMap<number, string> = new Map([
  [1, 'true'],
  [0, 'false'],
]);

async function pickNamed(
  title: string,
  names: ReadonlyMap<number, string>,
  current: ResourceValue | undefined,
  other?: string,
): Promise<number | undefined> {
  const rows: (QuickPickItem & { readonly number?: number })[] = [...names].map(([number, label]) => ({
    label,
    number,
    description: Number(current) === number ? l10n.t('{0}, the value now', number) : String(number),
  }));
  if (other !== undefined) rows.push({ label: other });
  const chosen = await window.showQuickPick(rows, {
    title,
    placeHolder: l10n.t('Choose the value'),
    ignoreFocusOut: true,
  });
  if (!chosen) throw new SlipwayError('cancelled', {});
  return chosen.number;
}

async function askType(title: string): Promise<ResourceType> {
  const rows = types.map((type) => ({ label: type, description: typeHint(type, l10n.t), type }));
  const placeHolder = l10n.t('The registry does not know this resource: choose its type');
  const chosen = await window.showQuickPick(rows, { title, placeHolder, ignoreFocusOut: true });
  if (!chosen) throw new SlipwayError('cancelled', {});
  return chosen.type;
}

function isInteger(type: ResourceType): boolean {
  return type === 'integer' || type === 'unsigned';
}

function answered(text: string | undefined): string {
  if (text === undefined) throw new SlipwayError('cancelled', {});
  return text;
}
