import { toHex } from '../base/hex';
import { codeText } from '../coap/code-names';
import { type CoapOption, optionOf } from '../coap/message';
import { decodeBlock } from '../coap/options';
import { optionText } from '../coap/option-text';
import type { TracedMessage } from '../coap/trace-exchanges';
import { peerName } from '../link/link';
import { resourceDefinition } from '../lwm2m/objects/objects';
import { pathIds } from '../lwm2m/path';
import { tracedPayload } from '../lwm2m/trace/payload';
import { holdsSecret, isSecret, maskedData } from '../lwm2m/trace/secrets';
import type { ResourceValues } from '../lwm2m/values';
import { type Localize, english } from './localize';
import { bytesText } from './quantities';
import { valueText } from './resource-text';
import type { TraceDetails, TraceField, TraceRow, TraceTone } from './trace-protocol';
import { linkName } from './wording';

/** Lines of a payload that are shown. */
const mostLines = 200;
/** A BERT block in PUT over TCP is larger than anybody reads. */
const mostHexBytes = 16 * 1024;
const bertSzx = 7;
const joints: Readonly<Record<string, string>> = {
  'Uri-Path': '/',
  'Location-Path': '/',
  'Uri-Query': '&',
  'Location-Query': '&',
};

/** A row of the list. */
export function traceRow(traced: TracedMessage, board: string, t: Localize = english): TraceRow {
  const { entry, message, malformed, rttMs } = traced;
  return {
    seq: entry.seq,
    time: entry.time,
    sent: entry.direction === 'sent',
    board,
    type: message?.type ?? '',
    code: message ? codeOf(traced, t) : t('damaged'),
    about: malformed ?? aboutText(traced, t),
    size: entry.data.length,
    tone: toneOf(traced),
    ...(rttMs !== undefined && { rtt: rttText(rttMs) }),
  };
}

/** All about a message, for its details. */
export function traceDetails(traced: TracedMessage, board: string, t: Localize = english): TraceDetails {
  const { entry, message, malformed, path, request, rttMs, repeats } = traced;
  const fields: (readonly [string, string | undefined])[] = [
    [t('Board'), board],
    [t('Link'), linkName(entry.link)],
    [t('Peer'), entry.peer.port === 0 ? undefined : peerName(entry.peer)],
    [t('Direction'), entry.direction === 'sent' ? t('to the board') : t('from the board')],
    [t('Not a message'), malformed],
    [t('Type'), message?.type],
    [t('Code'), message && codeOf(traced, t)],
    [t('Path'), path],
    [t('Message ID'), message && String(message.messageId)],
    [t('Token'), message && message.token.length > 0 ? toHex(message.token) : undefined],
    [
      t('Answers'),
      request &&
        t('{0} {1}, {2} before', codeText(request.code), request.path, rttText(entry.time - request.time)),
    ],
    [t('Round trip'), rttMs === undefined ? undefined : rttText(rttMs)],
    [t('Retransmission'), repeats === undefined ? undefined : t('yes: sent before')],
    [t('Size'), bytesText(entry.data.length)],
  ];
  return {
    seq: entry.seq,
    fields: fields.filter((field): field is TraceField => field[1] !== undefined),
    options: optionFields(message?.options ?? []),
    payload: payloadLines(traced, t),
    hex: toHex(maskedData(traced).subarray(0, mostHexBytes)),
  };
}

/** One line for what is one thing: the segments of a path, the parts of a query (RFC 7252 §5.10.1, §5.10.7). */
function optionFields(options: readonly CoapOption[]): TraceField[] {
  const fields: [string, string][] = [];
  for (const option of options) {
    const last = fields.at(-1);
    const joint = joints[option.name];
    if (last?.[0] === option.name && joint !== undefined) last[1] += joint + optionText(option);
    else fields.push([option.name, optionText(option)]);
  }
  return fields;
}

/** `0.80 ms`, `12.4 ms`, `1.24 s`. */
export function rttText(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(ms < 10 ? 2 : 1)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

function codeOf({ message }: TracedMessage, t: Localize): string {
  if (message?.code !== '0.00') return codeText(message?.code ?? '');
  return message.type === 'CON' ? t('Ping') : t('Empty');
}

function aboutText({ message, path }: TracedMessage, t: Localize): string {
  const parts = path === undefined || message?.code === '0.00' ? [] : [path];
  for (const name of ['Block1', 'Block2'] as const) {
    const value = message && optionOf(message, name);
    const block = value && decodeBlock(value, bertSzx);
    if (block) parts.push(t('{0} {1}{2}', name, block.num, block.more ? '…' : ''));
  }
  const observe = message && optionOf(message, 'Observe');
  if (observe) parts.push('Observe');
  return parts.join(' · ');
}

function toneOf({ message, malformed, repeats }: TracedMessage): TraceTone {
  if (malformed !== undefined || !message) return 'damaged';
  if (/^[45]/.test(message.code) || message.type === 'RST') return 'error';
  return repeats === undefined ? 'plain' : 'repeated';
}

function payloadLines(traced: TracedMessage, t: Localize): readonly string[] {
  const payload = tracedPayload(traced);
  switch (payload.kind) {
    case 'none':
      return [];
    case 'text':
      return holdsSecret(traced)
        ? [t('left out: it holds a secret')]
        : limited(payload.text.split(/\r?\n|(?<=>[^<]*),(?=<)/), t);
    case 'paths':
      return limited(payload.paths, t);
    case 'values':
      return limited(valueLines(payload.values, t), t);
    case 'bytes':
      return [
        {
          opaque: t('{0}', bytesText(payload.bytes)),
          part: t('{0}, a part of more', bytesText(payload.bytes)),
          secret: t('{0}, left out: they may hold a secret', bytesText(payload.bytes)),
          unreadable: t('{0} that do not follow their Content-Format', bytesText(payload.bytes)),
        }[payload.why],
      ];
  }
}

function valueLines(values: ResourceValues, t: Localize): string[] {
  return [...values].map(([path, value]) => {
    const [objectId = -1, , resourceId = -1] = pathIds(path) ?? [];
    const definition = resourceDefinition(objectId, resourceId);
    const text = isSecret(path) ? t('(secret, left out)') : valueText(value, definition);
    return `${path}${definition ? ` ${definition.name}` : ''} = ${text}`;
  });
}

function limited(lines: readonly string[], t: Localize): readonly string[] {
  if (lines.length <= mostLines) return lines;
  return [...lines.slice(0, mostLines), t('… and {0} more', lines.length - mostLines)];
}
