import { tell } from "../callbacks.js";
import { UploadError } from "../errors.js";
import type { FileInfo } from "../file.js";
import type { Api, Reply, Verdict, WireRequest } from "../protocol.js";
import type { UploadWaiting } from "../reports.js";
import type { Settings } from "../settings.js";
import { throwIfAborted } from "../signals.js";
import type { UploadSession } from "../uploadSession.js";
import type { Ask, Fresh } from "./ask.js";
import { cleanUpWithin } from "./cleanUp.js";
import type { Place } from "./gate.js";
import { interrupted } from "./interrupted.js";
import { Lane, type Turn } from "./lane.js";
import {
  causeOf,
  comesBack,
  graphError,
  isMissing,
  mayBeDone,
  noAnswer,
  NoReply,
  Refusal,
  withTokenAdvice,
  type Answer,
} from "./refusal.js";
import { lengthOf } from "./requestBody.js";
import { askedWait, isThrottle, LONGEST_WAIT, Retrier, sleep } from "./retry.js";
import type { Traffic } from "./traffic.js";
import type { Send } from "./transport.js";

/** Milliseconds that a request without a file may go without its reply. */
const SMALL_REQUEST_TIMEOUT = 60_000;
const SMALL_REQUEST = 65_536;

/** Times that a request to a fresh item is repeated after a 404. */
const FRESH_RETRIES = 4;

/** One service as one upload talks to it: its API, a way to send, and retries. */
export class Service {
  /** Nothing is sent before this time of the monotonic clock. Milliseconds. */
  #until = 0;
  readonly #lane: Lane;
  /** The caller has aborted: the clean-up does not wait for a pause that the service has asked for. */
  #urgent = false;
  /** The turn of the next request. */
  #turn: Turn | undefined;

  constructor(
    readonly api: Api,
    private readonly send: Send,
    readonly settings: Settings,
    readonly traffic: Traffic,
    /** The collection, or the place where items are created. */
    private readonly url: string,
    /** The file that requests are about. */
    private readonly file?: FileInfo,
    /** Present if all requests are about an item that was just created: a 404 is waited out. */
    readonly fresh?: Fresh,
    /** The place of this upload among those to its mailbox. */
    readonly place?: Place,
  ) {
    this.#lane = new Lane(api, url, settings, traffic.gate);
  }

  /** The same service with other settings. */
  with(settings: Partial<Settings>, fresh = this.fresh, place = this.place): Service {
    const merged = { ...this.settings, ...settings };
    const same = new Service(this.api, this.send, merged, this.traffic, this.url, this.file, fresh, place);
    same.#urgent = this.#urgent;
    same.#turn = this.#turn;
    return same;
  }

  retrier(retries = this.settings.retries): Retrier {
    return new Retrier({ ...this.settings, retries }, this.settings.signal);
  }

  /** Reports a wait. Milliseconds; `since` when the first attempt was made. */
  waits(reason: UploadWaiting["reason"], wait: number, since: number): void {
    tell(this.settings.onWaiting, { reason, wait, waited: performance.now() - since });
  }

  /** The error of a draft that the service did not know in all the time that it was waited for. */
  notSynced(cause: Refusal): UploadError {
    const { name = "the file" } = this.file ?? {};
    const message = `${this.api.label} has not synchronized this draft yet, so ${name} was not attached. If the draft is open, save it in its own window. Attach the file again when the draft shows in Outlook on the web.`;
    return new UploadError("notSynced", message, { cause: graphError(cause.reply) });
  }

  /** The service's refusal, in Graph's shape. */
  refusal(reply: Reply): Refusal {
    return new Refusal(this.api.explain(reply, this.url, this.file), this.#verdict(reply));
  }

  #verdict(reply: Reply): Verdict {
    return isThrottle(reply) && reply.status < 500 ? "busy" : this.api.verdict(reply);
  }

  /** The error of an upload whose retries have all failed. `unreached`: the host that was never reached, in contrast to the API's. */
  interrupted(last: Answer | undefined, session?: UploadSession, unreached?: string): UploadError {
    const refusal = last?.reply && this.refusal(last.reply).reply;
    return interrupted(this.api.label, last, refusal, session, unreached);
  }

  /**
   * Sends once. Rejects if the caller aborts, and with anything that is not a failure of the network. A success that asks for
   * a pause delays the next request.
   */
  async attempt(request: WireRequest): Promise<Answer> {
    const { timeout, signal, fetch } = this.settings;
    const small = request.method !== "PUT" && lengthOf(request.body) < SMALL_REQUEST;
    const most = small ? Math.min(timeout, SMALL_REQUEST_TIMEOUT) : timeout;
    const left = this.#until - performance.now();
    if (left > 0) await sleep(left, signal);
    try {
      const received = await this.inTurn(request, () => this.send(request, { timeout: most, signal, fetch }));
      const reply = request.to === "upload" ? withTokenAdvice(received, fetch !== undefined) : received;
      const asked = askedWait(reply.headers) ?? 0;
      if (reply.status < 300) this.#until = performance.now() + (asked > LONGEST_WAIT ? 0 : asked);
      if (this.fresh && reply.status < 300) this.fresh.reached = true;
      return { reply, verdict: this.#verdict(reply) };
    } catch (error) {
      if (error instanceof NoReply) return noAnswer(error);
      throw error;
    }
  }

  /**
   * The only loop that repeats a request. Throws a `Refusal` for what the service refuses, and an `UploadError` if all retries
   * fail or if nobody can tell whether the request was done.
   */
  async ask<T>(asked: Ask<T>): Promise<T> {
    const { request, read, repeat, settle, uncertain, pending } = asked;
    const since = performance.now();
    const retrier = this.retrier(asked.retries);
    const unknown = this.retrier(FRESH_RETRIES);
    for (let doubt = false; ;) {
      throwIfAborted(this.settings.signal);
      const next = typeof request === "function" ? await request(doubt) : request;
      if ("done" in next) return next.done;
      pending?.(true);
      const answer = await this.attempt(next);
      const misleads = answer.verdict === "refused" && answer.reply.status < 300; // a sign-in page
      const result = answer.reply && !misleads ? read(answer.reply) : undefined;
      if (result !== undefined) return result;
      const unclear = (): Error => uncertain?.(causeOf(answer)) ?? this.#failed(answer, asked);
      const follows = answer.reply !== undefined && comesBack(answer) && asked.mayFollow?.(answer.reply) === true;
      doubt ||= follows || mayBeDone(answer);
      pending?.(doubt);
      if (this.fresh && isMissing(answer) && (!doubt || repeat === "always") && (await unknown.next(answer))) continue;
      if (!comesBack(answer)) throw doubt ? unclear() : this.#failed(answer, asked);
      if (doubt && repeat === "ifNotTaken" && !settle) throw unclear();
      const isConflict = answer.reply?.status === 412;
      const more = await retrier.next(answer, (wait) => isConflict && this.waits("conflict", wait, since));
      const found = doubt && settle ? await settle() : undefined;
      if (found === "notDone") doubt = false;
      else if (found !== undefined) return found;
      pending?.(doubt);
      if (doubt && (repeat === "ifNotTaken" || !more)) throw unclear();
      if (!more) throw this.#failed(answer, asked);
    }
  }

  /** Reads something, as often as it takes. */
  get<T>(request: WireRequest, read: (reply: Reply) => T | undefined): Promise<T> {
    return this.ask({ request, read, repeat: "always" });
  }

  #failed(answer: Answer, { repeat, session }: Pick<Ask<unknown>, "repeat" | "session">): Error {
    if (answer.reply && (!comesBack(answer) || repeat === "ifNotTaken")) return this.refusal(answer.reply);
    return this.interrupted(answer, session);
  }

  /** Cleans up whether or not the caller has aborted: see `cleanUpWithin`. */
  cleanUp<T>(work: (service: Service) => Promise<T>, hurried = false): Promise<T> {
    const { signal } = this.settings;
    const urgent = signal?.aborted ?? false;
    return cleanUpWithin(signal, hurried, (late) => {
      const free = this.with({ signal: late });
      free.#urgent = urgent;
      return work(free);
    });
  }

  /**
   * Asks the service to forget a session. The range that was stopped may still be under way there, so that it is busy at
   * first; the session may be gone already, so every answer is fine.
   */
  async discard(request: WireRequest | undefined): Promise<void> {
    if (!request) return;
    const delay = Math.min(200, this.settings.delay);
    const settled = (reply: Reply) => reply.status < 300 || !comesBack({ verdict: this.#verdict(reply) });
    const forget = (service: Service) =>
      service.with({ retries: 3, delay }).get(request, (reply) => settled(reply) || undefined);
    await this.cleanUp(forget, true).catch(() => {});
  }

  /**
   * As many uploads to a mailbox at the same time as requests. More would wait with their ranges in memory. `work` gets the
   * service with its place, and has it all the time, but for reads that take long.
   */
  upload<T>(work: (service: Service) => Promise<T>): Promise<T> {
    const { most, uploads } = this.#lane;
    if (most === Infinity || this.place) return work(this);
    const go = (place: Place) => {
      const own = this.with({}, this.fresh, place);
      return work(own).finally(() => own.#turn?.take()?.(true));
    };
    return this.traffic.gate.run(uploads, most, go, this.settings.signal);
  }

  /** Sends a request in its turn among those to its mailbox. Once the caller has aborted, what is left does not wait. */
  inTurn: Lane["run"] = (request, go) => (this.#urgent ? go() : this.#lane.run(request, go, this.#turn?.take()));

  /**
   * Waits for the turn of a request with so many bytes of a file, which are read next, and for memory. `weight`: bytes of memory
   * if these are more, and `bytes` is an estimate. A limiter of the caller gets no estimates.
   */
  async turn(bytes: number, weight?: number): Promise<void> {
    this.#turn?.take()?.(true);
    const asks = this.place && !this.#urgent && bytes > 0 && !(weight && this.settings.limiter);
    if (asks) this.#turn = await this.#lane.turn(bytes, weight ?? bytes);
  }

  /** True if there is memory to read ahead. */
  get mayReadAhead(): boolean {
    return !this.place || this.#lane.hasMemory;
  }

  /** See `Lane.early`. */
  early = (bytes: number): (() => void) | undefined => this.#lane.early(bytes);

  /** Waits for a file to be read. A source that takes long does not hold up other uploads. */
  whileReading<T>(read: Promise<T>): Promise<T> {
    const lent = this.place ? this.place.lend(read) : read;
    return this.#turn ? this.#turn.lend(lent) : lent;
  }
}
