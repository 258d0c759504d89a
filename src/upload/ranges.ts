import { orAborted } from "../signals.js";
import { Attempts } from "./attempts.js";
import { NoReply } from "../http/refusal.js";
import { Pace } from "./pace.js";
import type { ByteRange, Reply, Step, UploadSession } from "../protocol.js";
import type { Gap } from "../range.js";
import { RangeReader } from "./rangeReader.js";
import { lengthOf, sendsSlices, waitsForLostFiles } from "../http/requestBody.js";
import type { UploadPlan } from "./session.js";

/** A range, and what came of it. */
export interface Answered {
  readonly range: ByteRange;
  readonly answer: Reply | NoReply;
}

/** Reads a file, cuts it into ranges and sends them: one, or as many at once as the service takes. */
export class RangeSender {
  readonly pace: Pace;
  readonly attempts: Attempts;
  readonly #reader: RangeReader;
  readonly #blockSize: number;
  /** Whether slices are sent unread: until one fails, for only who reads it hears that a file is gone. */
  #unread: boolean;
  /** End of the last byte that was sent at the same time as the range that was answered for. */
  reached = 0;
  /** What the ranges that were sent last are of. */
  gap: Gap = { next: 0 };

  /** `sent`: end of the last byte that may have reached the service in this session. */
  constructor(
    public plan: UploadPlan,
    public sent: number,
  ) {
    const { protocol, settings } = plan.service;
    const { unit, parallel = 1 } = protocol.limits;
    const rangeSize = settings.rangeSize ?? protocol.rangeSize;
    this.pace = new Pace({ rangeSize, unit, parallel });
    this.attempts = new Attempts((attempt) => this.plan.service.settings.onAttempt?.(attempt));
    this.#blockSize = rangeSize * parallel;
    this.#reader = new RangeReader(plan.content, this.#blockSize, unit);
    this.#unread = sendsSlices && plan.content.slice !== undefined;
  }

  /** Whether the file can be read again from its first byte. */
  get canStartOver(): boolean {
    return this.#reader.canRead(0);
  }

  /** The upload has ended, or has stopped for now. */
  rest(): void {
    this.#reader.rest();
  }

  /** Sends what the gap begins with; answers what matters most of the replies. */
  async send(session: UploadSession, gap: Gap): Promise<Answered> {
    const { service, content, ending } = this.plan;
    const { protocol, settings } = service;
    settings.signal?.throwIfAborted();
    const taken: Promise<Uint8Array | Blob> = this.#unread ? this.#slice(gap.next) : this.#reader.read(gap.next);
    const block = await orAborted(taken, settings.signal);
    const ranges = this.pace.cut(gap, lengthOf(block), content.size);
    this.gap = gap;
    this.reached = ranges.at(-1)!.end;
    this.sent = Math.max(this.sent, this.reached);
    if (this.sent === content.size) ending?.();
    const all = await Promise.all(
      ranges.map(async (range) => {
        const [start, end] = [range.start - gap.next, range.end - gap.next];
        const bytes = "size" in block ? block.slice(start, end) : block.subarray(start, end);
        return { range, answer: await service.attempt(protocol.sendRange(session, range, bytes)) };
      }),
    ).catch((error: unknown) => {
      this.#reader.lend(); // an abort, above all: not every transport listens
      throw error;
    });
    // a refusal may come before the bytes have all gone out
    if (all.some(({ answer }) => answer instanceof NoReply || answer.status >= 300)) await this.#mistrust(gap);
    const telling = mostTelling(all, (one) => this.stepOf(session, one));
    for (const { range, answer } of all.filter((one) => one !== telling)) this.attempts.note(range, answer);
    this.attempts.begin(telling.range, telling.answer);
    return telling;
  }

  /** A block unread, but for its last byte where only that tells at once whether it can be read. */
  async #slice(start: number): Promise<Blob> {
    const { content } = this.plan;
    const end = Math.min(start + this.#blockSize, content.size);
    if (waitsForLostFiles) await content.read(end - 1, end);
    return content.slice!(start, end);
  }

  /** Bytes that were not taken may still be read by somebody; a slice was perhaps not even sent, for it cannot be read. */
  async #mistrust(gap: Gap): Promise<void> {
    if (!this.#unread) return this.#reader.lend();
    this.#unread = false;
    await orAborted(this.#reader.read(gap.next), this.plan.service.settings.signal);
  }

  /** Asks for what the service makes of its bytes only then. */
  async commit(session: UploadSession): Promise<Answered> {
    const { service, content } = this.plan;
    const { size } = content;
    const answer = await service.attempt(service.protocol.commit!(session)!);
    return { answer, range: { start: size, end: size, total: size } };
  }

  /** What a reply says, if it can be so: a service can want only bytes that exist, and have only bytes that were sent. */
  stepOf(session: UploadSession, { answer, range }: { answer: Reply | NoReply; range?: ByteRange }): Step | undefined {
    const { protocol } = this.plan.service;
    const step = answer instanceof NoReply ? undefined : protocol.readRange(answer, session, range);
    if (!step || "done" in step) return step;
    const wanted = step.next < this.plan.content.size || protocol.commit?.(session) !== undefined;
    return step.next <= this.sent && wanted ? step : undefined;
  }
}

/** Of the replies to ranges that were sent at once: that it is done; else the first doubt; else the newest: bytes only come. */
function mostTelling(all: readonly Answered[], stepOf: (one: Answered) => Step | undefined): Answered {
  const weigh = (one: Answered): [number, number] => {
    const step = stepOf(one);
    if (!step) return [Number.MAX_VALUE, 0];
    return "done" in step ? [Infinity, 0] : [step.next, -(step.until ?? Infinity)];
  };
  return all.reduce((most, one) => {
    const [[next, until], [furthest, least]] = [weigh(one), weigh(most)];
    return next > furthest || (next === furthest && until > least) ? one : most;
  });
}
