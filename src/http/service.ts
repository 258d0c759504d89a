import { UploadError } from "../errors.js";
import type { Settings } from "../options.js";
import type { Api, FileInfo, Reply, UploadSession, Verdict, WireRequest } from "../protocol.js";
import { isObject } from "../json.js";
import { causeOf, errorBody, graphError, noAnswer, NoReply, Refusal, type Answer } from "./refusal.js";
import { lengthOf } from "./requestBody.js";
import { LONGEST_WAIT, Retrier, retryAfter, sleep } from "./retry.js";
import type { Traffic } from "./traffic.js";
import type { Send } from "./transport.js";

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
  /** The error if nobody can tell whether the request was done. @default the last answer, as an error */
  uncertain?(cause: Error): UploadError;
  /** @default the option `retries` */
  readonly retries?: number;
  /** The upload that can be resumed if all retries fail. */
  readonly session?: UploadSession;
}

/** One service as one upload talks to it: its API, a way to send, and retries. */
export class Service {
  /** Milliseconds to wait before the next request. */
  #pause = 0;

  constructor(
    readonly api: Api,
    private readonly send: Send,
    readonly settings: Settings,
    readonly traffic: Traffic,
    /** The collection, or the place where items are created. */
    private readonly url: string,
    /** The file that requests are about. */
    private readonly file?: FileInfo,
  ) {}

  /** The same service with other settings. */
  with(settings: Partial<Settings>): Service {
    return new Service(this.api, this.send, { ...this.settings, ...settings }, this.traffic, this.url, this.file);
  }

  retrier(retries = this.settings.retries): Retrier {
    return new Retrier({ ...this.settings, retries }, this.settings.signal);
  }

  /** The service's refusal, in Graph's shape. */
  refusal(reply: Reply): Refusal {
    return new Refusal(this.api.explain(reply, this.url, this.file), this.#verdict(reply));
  }

  #verdict(reply: Reply): Verdict {
    return isThrottled(reply) ? "busy" : this.api.verdict(reply);
  }

  /** The error of an upload whose retries have all failed. */
  interrupted(last: Answer | undefined, session?: UploadSession): UploadError {
    const { label } = this.api;
    const resume = session
      ? "Resume it later with LargeAttachmentTask.restore(client, error.session, file)."
      : "Nothing was attached; try again later.";
    if (!last || (last.reply && last.reply.status < 300))
      return new UploadError("stalled", `${label} answers, but takes no more bytes. ${resume}`, { session });
    const told = last.reply && this.refusal(last.reply).reply;
    const words = told && isObject(told.body) ? errorBody(told).message.replace(/[.\s]+$/, "") : "";
    const why = last.reply
      ? [`it answered ${last.reply.status}`, words].filter(Boolean).join(": ")
      : last.cause.message;
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
    if (this.#pause > 0) await sleep(this.#pause, signal);
    try {
      const reply = await this.#inLane(() => this.send(request, { timeout: most, signal, fetch }));
      const asked = retryAfter(reply.headers.get("Retry-After"), Date.now()) ?? 0;
      const pause = asked > LONGEST_WAIT ? 0 : asked;
      this.#pause = reply.status < 300 ? pause : 0;
      if (reply.status === 429 && this.api.throttle) this.traffic.gate.pause(this.api.throttle.lane(this.url), pause);
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
    const { request, read, repeat, settle, uncertain } = asked;
    const retrier = this.retrier(asked.retries);
    for (let doubt = false; ;) {
      this.settings.signal?.throwIfAborted();
      const next = typeof request === "function" ? await request(doubt) : request;
      if ("done" in next) return next.done;
      const answer = await this.attempt(next);
      const misleads = answer.verdict === "refused" && answer.reply.status < 300; // a sign-in page
      const result = answer.reply && !misleads ? read(answer.reply) : undefined;
      if (result !== undefined) return result;
      const unclear = (): Error => uncertain?.(causeOf(answer)) ?? this.#failed(answer, asked);
      if (!comesBack(answer)) throw doubt ? unclear() : this.#failed(answer, asked);
      doubt ||= mayBeDone(answer);
      if (doubt && repeat === "ifNotTaken" && !settle) throw unclear();
      const more = await retrier.next(answer);
      const found = doubt && settle ? await settle() : undefined;
      if (found === "notDone") doubt = false;
      else if (found !== undefined) return found;
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
   * Cleans up whether or not the caller has aborted. Once the caller has aborted, everything has five seconds in all;
   * `hurried`: in any case.
   */
  async cleanUp<T>(work: (service: Service) => Promise<T>, hurried = false): Promise<T> {
    const { signal } = this.settings;
    const late = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hurry = () =>
      (timer ??= setTimeout(() => late.abort(new Error("Cleaning up took too long.")), CLEAN_UP_TIMEOUT));
    if (hurried || signal?.aborted) hurry();
    else signal?.addEventListener("abort", hurry, { once: true });
    try {
      return await work(this.with({ signal: late.signal }));
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", hurry);
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

  /** As many uploads to a mailbox at the same time as requests. More would wait with their ranges in memory. */
  upload<T>(work: () => Promise<T>): Promise<T> {
    const { throttle } = this.api;
    return throttle
      ? this.traffic.gate.run(`uploads to ${throttle.lane(this.url)}`, throttle.most, work, this.settings.signal)
      : work();
  }

  #inLane<T>(go: () => Promise<T>): Promise<T> {
    const { throttle } = this.api;
    return throttle ? this.traffic.gate.run(throttle.lane(this.url), throttle.most, go, this.settings.signal) : go();
  }
}

/** SharePoint redirects who asks too much to a page of that name (docs: avoid-throttling). */
function isThrottled({ status, headers }: Reply): boolean {
  return status >= 300 && status < 400 && /\/throttle\.html?([?#]|$)/i.test(headers.get("Location") ?? "");
}

/** Tells whether the same request may succeed later. A success that cannot be read was cut off. */
export function comesBack({ verdict }: Pick<Answer, "verdict">): boolean {
  return verdict === "busy" || verdict === "unsent" || mayBeDone({ verdict });
}

/** Tells whether the service may have done what was asked, although no result arrived. */
export function mayBeDone({ verdict }: Pick<Answer, "verdict">): boolean {
  return verdict === "passing" || verdict === "unsure" || verdict === "unheard";
}
