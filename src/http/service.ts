import { tell } from "../callbacks.js";
import { UploadError } from "../errors.js";
import type { Settings, UploadWaiting } from "../options.js";
import { isObject } from "../json.js";
import type { Api, FileInfo, Reply, UploadSession, Verdict, WireRequest } from "../protocol.js";
import { abortedBehind, onAbort, throwIfAborted } from "../signals.js";
import type { Place } from "./gate.js";
import { Lane } from "./lane.js";
import { causeOf, errorBody, graphError, noAnswer, NoReply, Refusal, withTokenAdvice, type Answer } from "./refusal.js";
import { lengthOf } from "./requestBody.js";
import { askedWait, isThrottle, LONGEST_WAIT, Retrier, sleep } from "./retry.js";
import type { Traffic } from "./traffic.js";
import type { Send } from "./transport.js";

export const RESUME = "Resume it later with LargeAttachmentTask.restore(client, error.session, file).";
/** Milliseconds that a request without a file may go without its reply. */
const SMALL_REQUEST_TIMEOUT = 60_000;
const SMALL_REQUEST = 65_536;
/** Milliseconds for everything that is cleaned up after an abort. */
const CLEAN_UP_TIMEOUT = 5_000;

/** A request that is repeated until it has a result. */
export interface Ask<T> {
  /** The request, or a function that writes it before each attempt. The function may find that nothing is left to do. */
  readonly request: WireRequest | ((doubt: boolean) => Promise<WireRequest | { readonly done: T }>);
  /** The result in a reply, if it has one. */
  read(reply: Reply): T | undefined;
  /** `ifNotTaken`: the request is repeated only if the service certainly did not do it. */
  readonly repeat: "always" | "ifNotTaken";
  /** Looks whether an unheard request was done: its result, "notDone", or `undefined` if nobody can tell. */
  settle?(): Promise<T | "notDone" | undefined>;
  /** True if a refusal that may be repeated can follow the write. @default never */
  mayFollow?(reply: Reply): boolean;
  /** The error if nobody can tell whether the request was done. @default the last answer, as an error */
  uncertain?(cause: Error): UploadError;
  /** Called with `true` while the request may have been done, and with `false` when it certainly was not. */
  pending?(maybe: boolean): void;
  /** @default the option `retries` */
  readonly retries?: number;
  /** The upload that can be resumed if all retries fail. */
  readonly session?: UploadSession;
}

/** An item that was just created. Not every server of the service knows it yet. */
export interface Fresh {
  /** A request to its URL has succeeded. */
  reached: boolean;
}

/** Times that a request to a fresh item is repeated after a 404. */
const FRESH_RETRIES = 4;

/** When everything that an abort has stopped must be cleaned up, by the signal that was aborted. Monotonic milliseconds. */
const deadlines = new WeakMap<AbortSignal, number>();

/** Milliseconds that are left for what an abort has stopped. `undefined` if there was none. */
function timeLeft(signal: AbortSignal | undefined): number | undefined {
  const aborted = signal && abortedBehind(signal);
  if (!aborted) return undefined;
  const now = performance.now();
  const deadline = deadlines.get(aborted) ?? now + CLEAN_UP_TIMEOUT;
  deadlines.set(aborted, deadline);
  return Math.max(0, deadline - now);
}

/** One service as one upload talks to it: its API, a way to send, and retries. */
export class Service {
  /** Nothing is sent before this time of the monotonic clock. Milliseconds. */
  #until = 0;
  readonly #lane: Lane;
  /** The caller has aborted: what is left is cleaned up without waiting for a pause that the service has asked for. */
  #urgent = false;

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
    private readonly place?: Place,
  ) {
    this.#lane = new Lane(api, url, settings, traffic.gate);
  }

  /** The same service with other settings. */
  with(settings: Partial<Settings>, fresh = this.fresh, place = this.place): Service {
    const merged = { ...this.settings, ...settings };
    const same = new Service(this.api, this.send, merged, this.traffic, this.url, this.file, fresh, place);
    same.#urgent = this.#urgent;
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
    const { label } = this.api;
    const resume = session ? RESUME : "Nothing was attached; try again later.";
    if (!last || (last.reply && last.reply.status < 300))
      return new UploadError("stalled", `${label} answers, but takes no more bytes. ${resume}`, { session });
    if (last.reply === undefined && last.cause.untrusted) {
      const told = `${label} was not reached, because its certificate is not trusted: ${last.cause.message}. Behind a proxy that inspects traffic, trust the proxy's certificate (in Node with NODE_EXTRA_CA_CERTS).`;
      return new UploadError("interrupted", told, { cause: last.cause, session });
    }
    const told = last.reply && this.refusal(last.reply).reply;
    const words = told && isObject(told.body) ? errorBody(told).message.replace(/[.\s]+$/, "") : "";
    const own = words.startsWith("The service answered") ? "" : words;
    const why = last.reply
      ? [`it answered ${last.reply.status}`, own].filter(Boolean).join(": ")
      : unreached === undefined
        ? last.cause.message.replace(/\.$/, "")
        : `Graph is reached, but ${unreached} is not (${last.cause.code ?? last.cause.message}): let a firewall or proxy pass it`;
    const message = `${label} did not take the file, even after retries: ${why}. ${resume}`;
    return new UploadError("interrupted", message, {
      cause: told ? graphError(told) : causeOf(last),
      session,
    });
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

  /**
   * Cleans up whether or not the caller has aborted. Once the caller has aborted, everything has five seconds in all.
   * `hurried`: it has five seconds in any case, and leaves half of what is left after an abort to what comes next.
   */
  async cleanUp<T>(work: (service: Service) => Promise<T>, hurried = false): Promise<T> {
    const { signal } = this.settings;
    const late = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hurry = () => {
      clearTimeout(timer);
      const left = timeLeft(signal);
      const most = left === undefined ? CLEAN_UP_TIMEOUT : hurried ? left / 2 : left;
      timer = setTimeout(() => late.abort(new Error("Cleaning up took too long.")), most);
    };
    if (hurried || signal?.aborted) hurry();
    const leave = signal?.aborted ? () => {} : onAbort(signal, hurry);
    try {
      const free = this.with({ signal: late.signal });
      free.#urgent = signal?.aborted ?? false;
      return await work(free);
    } finally {
      clearTimeout(timer);
      leave();
    }
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
    const { most, name } = this.#lane;
    if (most === Infinity || this.place) return work(this);
    const go = (place: Place) => work(this.with({}, this.fresh, place));
    return this.traffic.gate.run(`uploads to ${name}`, most, go, this.settings.signal);
  }

  /** Sends a request in its turn among those to its mailbox. Once the caller has aborted, what is left does not wait. */
  inTurn: Lane["run"] = (request, go) => (this.#urgent ? go() : this.#lane.run(request, go));

  /** Waits for a file to be read. A source that takes long does not hold up other uploads. */
  whileReading<T>(read: Promise<T>): Promise<T> {
    return this.place ? this.place.lend(read) : read;
  }
}

/** True if a service did not find an item. It may not know yet what was just created (field reports). */
function isMissing({ reply }: Answer): boolean {
  return reply !== undefined && (reply.status === 404 || /^ErrorNonExistentMailbox$/i.test(errorBody(reply).code));
}

/** True if the same request may succeed later. A success that cannot be read was cut off. */
export function comesBack({ verdict }: Pick<Answer, "verdict">): boolean {
  return verdict === "busy" || verdict === "unsent" || mayBeDone({ verdict });
}

/** True if the service may have done what was asked, although no result arrived. */
export function mayBeDone({ verdict }: Pick<Answer, "verdict">): boolean {
  return verdict === "passing" || verdict === "unsure" || verdict === "unheard";
}
