import { UploadError } from "../errors.js";
import { graphError, NoReply, Refusal } from "./refusal.js";
import type { Gate } from "./gate.js";
import type { Settings } from "../options.js";
import type { Reply, UploadProtocol, UploadSession, WireRequest } from "../protocol.js";
import { lengthOf } from "./requestBody.js";
import { LONGEST_WAIT, Patience, retryAfter, sleep } from "./retry.js";
import type { Send } from "./transport.js";

/** Milliseconds that a request may go without its reply which carries no file: it need not wait as long as a range. */
const SMALL_REQUEST_TIMEOUT = 60_000;
const SMALL_REQUEST = 65_536;
/** Milliseconds that the end of an upload waits for its session to be discarded. */
const DISCARD_TIMEOUT = 5_000;

/** One service as one upload talks to it: a protocol, a way to send, and patience. */
export class Service {
  /** Milliseconds to wait before the next request. */
  #pause = 0;

  constructor(
    readonly protocol: UploadProtocol,
    private readonly send: Send,
    readonly settings: Settings,
    private readonly gate: Gate,
    /** What it is talked to about: a collection, or where items are made. */
    private readonly url: string,
  ) {}

  /** The error of an upload whose retries have run out; `cause` is what came last. */
  interrupted(last: Reply | NoReply | undefined, session?: UploadSession): UploadError {
    const { service } = this.protocol;
    const failed = last instanceof NoReply || (last !== undefined && last.status >= 300);
    const goOn = session
      ? "Go on later with LargeAttachmentTask.restore(client, error.session, file)."
      : "Nothing was attached; try again later.";
    if (!failed) return new UploadError("stalled", `${service} answers, but takes no more bytes. ${goOn}`, { session });
    const cause = last instanceof NoReply ? last : graphError(last);
    const why = last instanceof NoReply ? last.message : `it answered ${last.status}`;
    const message = `${service} did not take the file, also after retries: ${why}. ${goOn}`;
    return new UploadError("interrupted", message, { cause, session });
  }

  /** The service's refusal, in Graph's terms. */
  refusal(reply: Reply): Refusal {
    return new Refusal(this.protocol.explain(reply, this.url));
  }

  /** The same service on other terms. */
  with(settings: Settings): Service {
    return new Service(this.protocol, this.send, settings, this.gate, this.url);
  }

  patience(retries = this.settings.retries): Patience {
    return new Patience({ ...this.settings, retries }, this.settings.signal);
  }

  /**
   * Sends once: a reply of any status, or `NoReply`. Rejects only by an abort, or where nothing can be sent at all.
   * A success that asks for a pause delays the request after it.
   */
  async attempt(request: WireRequest): Promise<Reply | NoReply> {
    if (this.#pause > 0) await sleep(this.#pause, this.settings.signal);
    const { timeout, signal, fetch } = this.settings;
    const small = request.method !== "PUT" && lengthOf(request.body) < SMALL_REQUEST;
    const most = small ? Math.min(timeout, SMALL_REQUEST_TIMEOUT) : timeout;
    try {
      const reply = await this.#pass(() => this.send(request, { timeout: most, signal, fetch }), signal);
      const asked = retryAfter(reply.headers.get("Retry-After"), Date.now()) ?? 0;
      const pause = asked > LONGEST_WAIT ? 0 : asked; // nobody waits for that long
      this.#pause = reply.status < 300 ? pause : 0;
      if (reply.status === 429 && this.protocol.throttle) this.gate.pause(this.protocol.throttle.key(this.url), pause);
      return reply;
    } catch (error) {
      if (error instanceof NoReply) return error;
      throw error;
    }
  }

  /** Sends a request that does no harm when it is repeated, until `understand` makes something of the reply. */
  async ask<T>(request: WireRequest, understand: (reply: Reply) => T | undefined): Promise<T> {
    for (const patience = this.patience(); ;) {
      const answer = await this.attempt(request);
      const reply = answer instanceof NoReply ? undefined : answer;
      const understood = reply && understand(reply);
      if (understood !== undefined) return understood;
      if (reply && !comesBack(this.protocol.trouble(reply))) throw this.refusal(reply);
      if (!(await patience.again(reply))) throw this.interrupted(answer);
    }
  }

  /**
   * Asks the service to forget a session, whether or not the caller has stopped. The range that was stopped may still be
   * under way there, so that it is busy at first; the session may be gone already, so nothing is said.
   */
  async discard(session: UploadSession): Promise<void> {
    const request = this.protocol.cancel?.(session);
    if (!request) return;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), DISCARD_TIMEOUT);
    const limits = { timeout: DISCARD_TIMEOUT, signal: late.signal };
    for (const patience = new Patience({ retries: 3, delay: Math.min(200, this.settings.delay) }, late.signal); ;) {
      const reply = await this.#pass(() => this.send(request, limits), late.signal).catch(() => undefined);
      if (reply && !["busy", "passing"].includes(this.protocol.trouble(reply))) break;
      if (!(await patience.again(reply).catch(() => false))) break;
    }
    clearTimeout(timer);
  }

  /** As many uploads to a mailbox at once as requests: more would wait with their ranges in memory. */
  upload<T>(work: () => Promise<T>): Promise<T> {
    const { throttle } = this.protocol;
    return throttle
      ? this.gate.run(`uploads to ${throttle.key(this.url)}`, throttle.most, work, this.settings.signal)
      : work();
  }

  /** Takes its turn among the requests of a mailbox. */
  #pass<T>(go: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const { throttle } = this.protocol;
    return throttle ? this.gate.run(throttle.key(this.url), throttle.most, go, signal) : go();
  }
}

/** Whether the same request may fare better later; a reply of 2xx that cannot be read was cut. */
function comesBack(trouble: ReturnType<UploadProtocol["trouble"]>): boolean {
  return trouble === "busy" || trouble === "passing" || trouble === "unsure";
}
