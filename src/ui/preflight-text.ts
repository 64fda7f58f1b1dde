import type { PreflightCheck, PreflightRule, PreflightVerdict } from '../update/preflight-checks';
import { english, type Localize } from './localize';
import { bytesText } from './quantities';
import { describeError, stateText } from './wording';

/** A check before a push, in words. */
export interface PreflightText {
  readonly title: string;
  readonly verdict: string;
  /** What package and board say of it; with one that failed, what is wrong. */
  readonly explanation: string;
  readonly remedy?: string;
  /** Where it is laid down. */
  readonly rule: string;
}

/** Words for a check. */
export function preflightText(check: PreflightCheck, t: Localize = english): PreflightText {
  const { rule, verdict, error, component } = check;
  const title = titleOf(rule, t);
  const words = error && describeError(error, t);
  return {
    title: component === undefined ? title : t('{0} of {1}', title, component),
    verdict: verdictText(verdict, t),
    explanation: words?.message ?? explanationOf(check, t),
    ...(words?.remedy !== undefined && { remedy: words.remedy }),
    rule: (component === undefined ? undefined : componentClauses[rule]) ?? clauses[rule],
  };
}

/** `! Version: desk-1 runs 2.0.0, and the package has the older 1.0.0.` */
export function preflightLine(check: PreflightCheck, t: Localize = english): string {
  const { title, explanation } = preflightText(check, t);
  return `${signs[check.verdict]} ${title}: ${explanation}`;
}

const signs: Readonly<Record<PreflightVerdict, string>> = {
  passed: '✓',
  failed: '✗',
  warning: '!',
  unknown: '?',
};

const clauses: Readonly<Record<PreflightRule, string>> = {
  object: 'OMA Firmware Update 1.1, object 5',
  state: 'OMA Firmware Update 1.1, State (5/0/3)',
  delivery: 'OMA Firmware Update 1.1, 5/0/8 and 5/0/9',
  room: 'LwM2M Core, Memory Free (3/0/10)',
  version: 'LwM2M Core, Firmware Version (3/0/3)',
  sequence: 'draft-ietf-suit-manifest §6.2',
  vendor: 'draft-ietf-suit-manifest §8.4.8',
  class: 'draft-ietf-suit-manifest §8.4.8',
  key: 'draft-ietf-suit-manifest §8.3',
};

/** Those of object 33629. */
const componentClauses: Partial<typeof clauses> = {
  object: 'OMA Advanced Firmware Update 1.0, object 33629',
  state: 'OMA Advanced Firmware Update 1.0, State (33629/x/3)',
  delivery: 'OMA Advanced Firmware Update 1.0, 33629/x/8 and 33629/x/9',
  version: 'OMA Advanced Firmware Update 1.0, Current Version (33629/x/15)',
};

function titleOf(rule: PreflightRule, t: Localize): string {
  switch (rule) {
    case 'object':
      return t('Firmware Update');
    case 'state':
      return t('State');
    case 'delivery':
      return t('Delivery');
    case 'room':
      return t('Room');
    case 'version':
      return t('Version');
    case 'sequence':
      return t('Sequence number');
    case 'vendor':
      return t('Vendor');
    case 'class':
      return t('Class');
    case 'key':
      return t('Key');
  }
}

function verdictText(verdict: PreflightVerdict, t: Localize): string {
  switch (verdict) {
    case 'passed':
      return t('passed');
    case 'failed':
      return t('failed');
    case 'warning':
      return t('warning');
    case 'unknown':
      return t('unknown');
  }
}

function explanationOf(
  { rule, verdict, ofPackage, ofBoard, component }: PreflightCheck,
  t: Localize,
): string {
  if (rule === 'version' && ofPackage === undefined) return t('The package does not tell its version.');
  if (verdict === 'unknown' && ofBoard === undefined) return unknownText(rule, ofPackage, t);
  switch (rule) {
    case 'object':
      return component === undefined ? t('The board offers object 5.') : t('The board offers object 33629.');
    case 'state':
      return t('{0}: a package can begin.', stateText(Number(ofBoard), t));
    case 'delivery':
      return ofBoard === 'push' ? t('It is pushed.') : t('The board pulls it by {0}.', String(ofBoard));
    case 'room':
      return t('{0} of {1}.', bytesText(Number(ofPackage)), bytesText(Number(ofBoard)));
    case 'version':
      return verdict === 'unknown'
        ? t('{0} and {1} can’t be put in order.', String(ofBoard), String(ofPackage))
        : t('{0} → {1}.', String(ofBoard), String(ofPackage));
    case 'sequence':
      return t('{0}, at least {1} is needed.', String(ofPackage), String(ofBoard));
    case 'vendor':
    case 'class':
      return ofPackage === ofBoard
        ? t('{0}, as the board’s.', String(ofPackage))
        : t('{0}, made of the board’s name {1}.', String(ofPackage), String(ofBoard));
    case 'key':
      return t('{0} is trusted by the board.', shortId(ofPackage));
  }
}

function unknownText(rule: PreflightRule, ofPackage: string | number | undefined, t: Localize): string {
  switch (rule) {
    case 'room':
      return t('The board does not tell how much room there is for {0}.', bytesText(Number(ofPackage)));
    case 'version':
      return t('The board does not tell which version it runs.');
    case 'sequence':
      return t('The board does not tell its number; the package has {0}.', String(ofPackage));
    case 'vendor':
      return t('The board does not tell its vendor id; the package is for {0}.', String(ofPackage));
    case 'class':
      return t('The board does not tell its class id; the package is for {0}.', String(ofPackage));
    case 'key':
      return t('The board does not tell which keys it trusts; the package has {0}.', shortId(ofPackage));
    default:
      return t('The board does not tell.');
  }
}

function shortId(keyId: string | number | undefined): string {
  return `${String(keyId).slice(0, 16)}…`;
}
