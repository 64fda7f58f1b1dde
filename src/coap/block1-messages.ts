import type { Clock } from '../base/clock';
import type { Answer, Part, TransferState } from './block1-transfer';
import { methodCodes } from './confirmable';
import type { BlockUpload, ResumePoint } from './endpoint';
import type { Exchange } from './exchange';
import { type CoapMessage, optionOf } from './message';
import {
  BERT_SZX,
  decodeBlock,
  decodeUint,
  encodeBlock,
  encodeUint,
  pathOptions,
  queryOptions,
} from './options';
import { exchangeLifetimeMs } from './retransmit';

/**
 * The messages that the parts of a push are in flight as. Each part has one: whenever it is sent again, it is the same
 * message, by whose id the board knows it (RFC 7252 §4.2, §4.5).
 */
export class BlockMessages {
  /** By the part's id; `at` is when it was first sent, ms. */
  private readonly sent = new Map<number, { readonly message: CoapMessage; readonly at: number }>();

  constructor(
    private readonly exchange: Exchange,
    private readonly upload: BlockUpload,
    private readonly clock: Clock,
    /** Where an earlier push of the same payload broke off. */
    private readonly brokenOff: ResumePoint | undefined,
  ) {}

  /** The message of a part that is sent now, and whether it was before. */
  of(part: Part): { readonly message: CoapMessage; readonly wasSent: boolean } {
    const before = this.sent.get(part.id);
    if (before) return { message: before.message, wasSent: true };
    const message = this.make(part, this.idBefore(part) ?? this.exchange.nextMessageId());
    this.sent.set(part.id, { message, at: this.clock.now() });
    return { message, wasSent: false };
  }

  /** Forgets the messages of all but these parts. */
  keep(inFlight: readonly Part[]): void {
    for (const id of this.sent.keys()) {
      if (!inFlight.some((part) => part.id === id)) this.sent.delete(id);
    }
  }

  /** Id of the part whose message has that message id. */
  partOf(messageId: number): number | undefined {
    for (const [part, { message }] of this.sent) if (message.messageId === messageId) return part;
    return undefined;
  }

  /** How long ago a part was first sent, ms. */
  ageMs(part: number): number | undefined {
    const sent = this.sent.get(part);
    return sent && this.clock.now() - sent.at;
  }

  /** Where a push in that state stands, for another one to go on from. */
  standing({ acknowledged, sentBefore, inFlight, szx }: TransferState): ResumePoint {
    const last = inFlight.at(-1);
    const messageIds = new Map(acknowledged < sentBefore ? this.brokenOff?.messageIds : []);
    for (const { id, offset } of inFlight) {
      const sent = this.sent.get(id);
      if (sent) messageIds.set(offset, sent.message.messageId);
    }
    return {
      token: this.exchange.token,
      // All in flight are of one size.
      szx: last?.szx ?? szx,
      offset: acknowledged,
      sentUpTo: Math.max(sentBefore, last ? last.offset + last.length : acknowledged),
      messageIds,
      at: this.clock.now(),
    };
  }

  /** The id that a block had before an interruption, while a board may know it: perhaps only its answer was lost. */
  private idBefore({ offset, szx, tries }: Part): number | undefined {
    const { brokenOff } = this;
    if (!brokenOff || tries === 1 || szx !== brokenOff.szx) return undefined;
    if (this.clock.now() - brokenOff.at > exchangeLifetimeMs) return undefined;
    return brokenOff.messageIds.get(offset);
  }

  private make(part: Part, messageId: number): CoapMessage {
    const { method, path, query, contentFormat, payload } = this.upload;
    return {
      type: 'CON',
      code: methodCodes[method],
      messageId,
      token: this.exchange.nextToken(),
      options: [
        ...pathOptions(path),
        { name: 'Content-Format', value: encodeUint(contentFormat) },
        ...queryOptions(query),
        { name: 'Block1', value: encodeBlock(part) },
        // How much is to come, for a board that wants to refuse or erase at once (RFC 7959 §4).
        ...(part.offset === 0 ? [{ name: 'Size1', value: encodeUint(payload.length) }] : []),
      ],
      payload: payload.subarray(part.offset, part.offset + part.length),
    };
  }
}

/** What a response says of a push; `part` is the one whose message id it acknowledges, none if it came separately. */
export function answerOf(message: CoapMessage, part: number | undefined, wasLineIdle: boolean): Answer {
  const block1 = optionOf(message, 'Block1');
  const block = block1 && decodeBlock(block1, BERT_SZX);
  const size = optionOf(message, 'Size1');
  const size1 = size && decodeUint(size);
  const age = optionOf(message, 'Max-Age');
  const maxAge = age && decodeUint(age);
  return {
    type: 'answer',
    part,
    code: message.code,
    wasLineIdle,
    ...(block && { block }),
    ...(size1 !== undefined && { size1 }),
    ...(maxAge !== undefined && { maxAgeMs: maxAge * 1000 }),
  };
}
