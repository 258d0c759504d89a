import { mayBeDone, type Answer } from "../http/refusal.js";
import { lengthOf, sendsSlices, waitsForLostFiles } from "../http/requestBody.js";
import { read } from "../files/read.js";
import type { ByteRange, Gap } from "../range.js";
import { isLarge } from "../settings.js";
import { orAborted } from "../signals.js";
import type { Step, UploadSession } from "../uploadSession.js";
import type { Job } from "./job.js";
import { Pace } from "./pace.js";
import { RangeReader } from "./rangeReader.js";

/** A range, the answer to it, and the step in the answer if it can be true. */
export interface Answered {
  readonly range: ByteRange;
  readonly answer: Answer;
  readonly step?: Step;
}

/** The outcomes of ranges that were sent at the same time. */
export interface Sent {
  /** The one that decides what comes next. */
  readonly telling: Answered;
  readonly others: readonly Answered[];
  /** End of the last byte that was sent. */
  readonly reached: number;
  /** The next ranges are smaller. */
  readonly smaller: boolean;
}

/** Milliseconds. Reading takes the processor from sending, so it waits until a range has left, if that does not take long. */
const LEAVING = 5;

const sendsUnread = ({ slice }: Job["content"]) => sendsSlices && slice !== undefined;

function limitsOf({ protocol, service }: Job) {
  const { limits, rangeSize: usual } = protocol.session;
  const { unit, parallel = 1 } = limits;
  return { rangeSize: service.settings.rangeSize ?? usual, unit, parallel };
}

/** Begins to read what a file will send first, if there is memory for it. */
export function beginReading(job: Job): void {
  const { content, service } = job;
  const { rangeSize, parallel } = limitsOf(job);
  const first = isLarge(content.size, service.settings) ? rangeSize * parallel : Infinity;
  const length = Math.min(content.size, first);
  if (sendsUnread(content) || service.settings.checkpoints || length > rangeSize * parallel || !content.begin) return;
  const done = service.early(length);
  if (done) content.begin(length, done);
}

/** Reads a file, cuts it into ranges and sends them: one, or as many at the same time as the service takes. */
export class Ranges {
  readonly #pace: Pace;
  readonly #reader: RangeReader;
  readonly #blockSize: number;
  /** Slices are sent without reading them, until one fails: only a read shows that a file is gone. */
  #unread: boolean;

  constructor(private readonly job: Job) {
    const { content, service } = job;
    const limits = limitsOf(job);
    this.#pace = new Pace(limits);
    this.#blockSize = limits.rangeSize * limits.parallel;
    this.#reader = new RangeReader(content, this.#blockSize, limits.unit, () => service.mayReadAhead, LEAVING);
    this.#unread = sendsUnread(content);
  }

  /** True if the file can be read again from its first byte. */
  get canStartOver(): boolean {
    return this.#reader.canRead(0);
  }

  /** True if the next ranges may be the last ones. */
  reachesEnd(start: number): boolean {
    return start + this.#blockSize >= this.job.content.size;
  }

  /** Lets go of the file: it is complete. */
  end(): void {
    this.#reader.end();
  }

  /** Stops reading ahead: the upload has ended or has stopped for now. */
  rest(): void {
    this.#reader.rest();
  }

  /**
   * Sends the beginning of the gap. `sent`: end of the last byte that may have reached the service before. A file that can be
   * read at any position is read when it is its turn, and let go of when others need the memory.
   */
  async send(service: Job["service"], session: UploadSession, gap: Gap, sent: number): Promise<Sent> {
    const { content, protocol, ahead } = this.job;
    const { signal } = service.settings;
    const [next] = this.#pace.cut(gap, this.#blockSize, content.size);
    if (content.anywhere && next) await service.turn(next.end - next.start);
    const slice: Promise<Uint8Array | Blob> | undefined = this.#unread ? this.#slice(gap.next) : undefined;
    const block = await service.whileReading(orAborted(slice ?? this.#reader.read(gap.next), signal));
    const ranges = this.#pace.cut(gap, lengthOf(block), content.size);
    const reached = ranges.at(-1)?.end ?? gap.next;
    const mostSent = Math.max(sent, reached);
    if (mostSent === content.size) ahead?.lastRange();
    const put = async (range: ByteRange): Promise<Answered> => {
      const [start, end] = [range.start - gap.next, range.end - gap.next];
      const bytes = "size" in block ? block.slice(start, end) : block.subarray(start, end);
      const request = protocol.session.put(session, range, bytes);
      const answer = await service.attempt({ ...request, sent: () => this.#reader.left() });
      return { range, answer, step: this.stepIn(answer, session, mostSent, range) };
    };
    const all = await Promise.all(ranges.map(put)).catch((error: unknown) => {
      this.#reader.retain(); // after an abort above all: not every transport listens
      throw error;
    });
    if (mostSent === content.size && !all.some(({ step }) => step && "done" in step)) await ahead?.notTaken();
    // a refusal may come before all bytes have left
    const refused = all.some(({ answer }) => !answer.reply || answer.reply.status >= 300);
    if (refused) await service.whileReading(this.#mistrust(gap, signal));
    if (!service.mayReadAhead) this.#reader.letGo(reached);
    const telling = mostTelling(all);
    if (!telling) throw new Error("A gap without bytes was sent.");
    return { telling, others: all.filter((one) => one !== telling), reached, smaller: this.#adapt(telling) };
  }

  /** Sends the request that completes the file. `undefined` if the service has none. */
  async commit(service: Job["service"], session: UploadSession): Promise<Sent | undefined> {
    const { content, protocol } = this.job;
    const { size } = content;
    const request = protocol.session.commit?.(session);
    if (!request) return undefined;
    const range = { start: size, end: size, total: size };
    const answer = await service.attempt(request);
    const telling = { range, answer, step: this.stepIn(answer, session, size, range) };
    return { telling, others: [], reached: size, smaller: this.#adapt(telling) };
  }

  /** The step in an answer, if it can be true: a service can need only bytes that exist, and have only bytes that were sent. */
  stepIn({ reply }: Answer, session: UploadSession, sent: number, range?: ByteRange): Step | undefined {
    const { protocol, content } = this.job;
    const step = reply && protocol.session.read(reply, session, range);
    if (!step || "done" in step) return step;
    const needed = step.next < content.size || protocol.session.commit?.(session) !== undefined;
    return step.next <= sent && needed ? step : undefined;
  }

  /** Adapts the pace to what came of a range. Returns whether the next ones are smaller. */
  #adapt({ range, answer, step }: Answered): boolean {
    if (step) {
      this.#pace.grow();
      return false;
    }
    if (mayBeDone(answer) && !this.job.protocol.session.status) this.#pace.repeat(range);
    const tooLarge = answer.verdict === "tooLarge";
    const lost = answer.verdict === "unheard" || answer.reply?.status === 408;
    return (lost || tooLarge) && this.#pace.shrink(tooLarge);
  }

  /** Takes a block without reading it, except for its last byte if only that shows whether it can be read. */
  #slice(start: number): Promise<Blob> | undefined {
    const { content } = this.job;
    const end = Math.min(start + this.#blockSize, content.size);
    const checked = waitsForLostFiles ? read(content, end - 1, end) : Promise.resolve();
    const slice = content.slice?.(start, end);
    return slice && checked.then(() => slice);
  }

  /** Bytes that were not taken may still be read by the transport. A slice was perhaps not even sent, if it cannot be read. */
  async #mistrust(gap: Gap, signal?: AbortSignal): Promise<void> {
    if (!this.#unread) return this.#reader.retain();
    this.#unread = false;
    await orAborted(this.#reader.read(gap.next), signal);
  }
}

/** Of the replies to ranges that were sent at the same time: completion, then the first doubt, then the newest. */
function mostTelling(all: readonly Answered[]): Answered | undefined {
  const [first, ...rest] = all;
  return rest.reduce((most, one) => (isMoreTelling(one, most) ? one : most), first);
}

function isMoreTelling(one: Answered, other: Answered | undefined): boolean {
  if (!other) return true;
  const [[next, until], [furthest, least]] = [weigh(one), weigh(other)];
  return next > furthest || (next === furthest && until > least);
}

function weigh({ step }: Answered): readonly [number, number] {
  if (!step) return [Number.MAX_VALUE, 0];
  return "done" in step ? [Infinity, 0] : [step.next, -(step.until ?? Infinity)];
}
