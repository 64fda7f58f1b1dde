import type { InspectionCheck, Verdict } from '../image/inspection';
import type { InspectedFile } from '../manifest/inspect-file';
import type {
  InspectorCheck,
  InspectorContent,
  InspectorFile,
  InspectorOutcome,
  InspectorRefusal,
} from './inspector-protocol';
import { english, type Localize } from './localize';
import { bytesText } from './quantities';
import { describeError } from './wording';

/** A file as the inspector's page shows it. `result` is what taking it apart gave, or threw. */
export function inspectorFile(
  name: string,
  revision: number,
  result: { readonly inspected: InspectedFile } | { readonly error: unknown },
  t: Localize = english,
): InspectorFile {
  return 'inspected' in result
    ? { name, revision, content: contentOf(result.inspected, t) }
    : { name, revision, refusal: refusalOf(result.error, t) };
}

function contentOf({ inspection, container }: InspectedFile, t: Localize): InspectorContent {
  const { kind, size, fields, checks } = inspection;
  const description = [
    kind,
    bytesText(size),
    ...(container ? [t('out of a file of kind {0}', container)] : []),
  ];
  return {
    description: description.join(' · '),
    size,
    fields,
    checks: checks.map((check) => checkOf(check, t)),
    outcome: outcomeOf(checks, t),
  };
}

function refusalOf(error: unknown, t: Localize): InspectorRefusal {
  return describeError(error, t);
}

function checkOf({ rule, verdict, error, missing }: InspectionCheck, t: Localize): InspectorCheck {
  const why = error && describeError(error, t);
  return {
    rule,
    verdict,
    verdictText: verdictText(verdict, t),
    ...(why && { reason: why.message }),
    ...(why?.remedy !== undefined && { remedy: why.remedy }),
    ...(missing !== undefined && { reason: t('Missing: {0}.', missing) }),
  };
}

function verdictText(verdict: Verdict, t: Localize): string {
  switch (verdict) {
    case 'holds':
      return t('holds');
    case 'broken':
      return t('broken');
    case 'not-checked':
      return t('not checked');
  }
}

/** What can't be told never counts as good. */
function outcomeOf(checks: readonly InspectionCheck[], t: Localize): InspectorOutcome {
  const count = (wanted: Verdict): number => checks.filter(({ verdict }) => verdict === wanted).length;
  const all = checks.length;
  const [broken, unchecked] = [count('broken'), count('not-checked')];
  if (broken > 0) {
    return { tone: 'bad', text: t('A board refuses it: rules broken: {0} of {1}.', broken, all) };
  }
  if (unchecked > 0 || all === 0) {
    return {
      tone: 'warning',
      text: t('No rule is broken, but {0} of {1} can’t be checked here.', unchecked, all),
    };
  }
  return { tone: 'good', text: t('All {0} rules hold: a board with this key takes it.', all) };
}
