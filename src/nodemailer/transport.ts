import { EventEmitter } from "node:events";
import type { Client } from "@microsoft/microsoft-graph-client";
import { LargeAttachmentHandler, UploadError, withLargeAttachments, type UploadOptions } from "../index.js";
import { Composer, isTooLarge, MIME_LIMIT } from "./compose.js";
import { Refused, toMailError, type MailError } from "./errors.js";
import { letGo, nameAfter, type Envelope, type GivenMessage, type MailMessage } from "./mail.js";
import { readRaw } from "./raw.js";
import { mustBePossible } from "./refusals.js";
import { Sources } from "./sources.js";
import type { GraphTransportOptions, GraphMailOptions, SentMessageInfo } from "./options.js";

/** As nodemailer calls back. */
export type Callback<T> = (error: Error | null, result: T) => void;

/** A mailbox takes four requests at the same time (docs: throttling-limits). */
const MOST = 4;

/** One message on its way. */
interface Job {
  readonly mail: MailMessage;
  readonly done: Callback<SentMessageInfo>;
  /** Stops waiting for an abort. */
  readonly leave: () => void;
}

/** Sends what nodemailer has composed through Microsoft Graph. */
export class GraphTransport extends EventEmitter {
  readonly name = "Graph";
  readonly version: string = "1";
  /** nodemailer 10 leaves the signal of a message to the transport. */
  readonly supportsAbortSignal = true;
  readonly #waiting: Job[] = [];
  readonly #box: string;
  readonly #upload: UploadOptions;
  #active = 0;
  #closed = false;
  #idle = true;

  constructor(
    private readonly client: Client,
    private readonly options: GraphTransportOptions,
  ) {
    super();
    const { mailbox, maxConnections = MOST, once: _once, ...upload } = options;
    if (mailbox !== undefined && (typeof mailbox !== "string" || mailbox.trim() === "")) {
      throw new UploadError(
        "invalid",
        "mailbox must be the address or id of a user. Omit it for the mailbox of who has signed in.",
      );
    }
    if (!Number.isInteger(maxConnections) || maxConnections < 1) {
      throw new UploadError(
        "invalid",
        `maxConnections must be a whole number of at least 1, but is ${String(maxConnections)}.`,
      );
    }
    new LargeAttachmentHandler(upload); // checks the options
    withLargeAttachments(client);
    this.#upload = upload;
    this.#box = mailbox === undefined ? "/me" : `/users/${encodeURIComponent(mailbox)}`;
    setImmediate(() => this.#idle && this.emit("idle"));
  }

  get #most(): number {
    return this.options.maxConnections ?? MOST;
  }

  /** True while more messages can be given without waiting. Then the event `idle` was emitted. */
  isIdle(): boolean {
    return this.#idle && !this.#closed;
  }

  /** Messages under way are sent; those that wait are not. The event `clear` tells when all is done. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const job of this.#waiting.splice(0)) this.#fail(job, closed());
    if (this.#active === 0) setImmediate(() => this.emit("clear"));
  }

  /** Called by nodemailer. */
  send(mail: GivenMessage, callback: Callback<SentMessageInfo>): void {
    const { signal } = mail.data as { readonly signal?: unknown };
    const own = signal instanceof AbortSignal ? signal : undefined;
    const stop = () => {
      const at = this.#waiting.indexOf(job);
      if (at < 0) return;
      this.#waiting.splice(at, 1);
      this.#fail(job, toMailError(undefined, own));
    };
    const leave = () => own?.removeEventListener("abort", stop);
    const job: Job = { mail: mail as MailMessage, done: callback, leave };
    if (this.#closed) return this.#fail(job, closed());
    own?.addEventListener("abort", stop);
    this.#waiting.push(job);
    if (this.#waiting.length + this.#active >= this.#most) this.#idle = false;
    this.#next();
  }

  /** Checks that the token is valid and may send. Posts a body that is not a message, so that nothing can be sent. */
  verify(): Promise<true>;
  verify(callback: Callback<true>): void;
  verify(callback?: Callback<true>): Promise<true> | void {
    const verified = this.#verify();
    if (!callback) return verified;
    verified.then(
      (result) => callback(null, result),
      (error: Error) => (callback as (error: Error) => void)(error),
    );
  }

  async #verify(): Promise<true> {
    if (this.#closed) throw toMailError(closed());
    try {
      await this.client.api(`${this.#box}/sendMail`).header("Content-Type", "text/plain").post("?");
      throw new Error("Graph answered as if it had sent what was no message.");
    } catch (error) {
      if ((Object(error) as { readonly statusCode?: unknown }).statusCode === 400) return true;
      throw toMailError(error);
    }
  }

  #fail({ done, leave }: Job, error: MailError | Refused): void {
    leave();
    const mail = error instanceof Refused ? toMailError(error) : error;
    setImmediate(() => (done as (error: Error) => void)(mail));
  }

  #next(): void {
    while (this.#active < this.#most) {
      const job = this.#waiting.shift();
      if (!job) break;
      job.leave();
      this.#active++;
      this.#send(job.mail).then(
        (info) => this.#finish(() => job.done(null, info)),
        (error: Error) => this.#finish(() => (job.done as (error: Error) => void)(error)),
      );
    }
  }

  #finish(tell: () => void): void {
    this.#active--;
    this.#next();
    setImmediate(tell); // an error that the callback throws is not ours
    if (this.#closed && this.#active === 0) setImmediate(() => this.emit("clear"));
    else if (!this.#closed && !this.#idle && this.#waiting.length + this.#active < this.#most) {
      this.#idle = true;
      setImmediate(() => this.emit("idle"));
    }
  }

  async #send(mail: MailMessage): Promise<SentMessageInfo> {
    const own = (mail.data.graph ?? {}) as GraphMailOptions;
    const signals = [this.#upload.signal, own.signal, mail.data.signal].filter((one) => one instanceof AbortSignal);
    const signal = signals.length > 0 ? AbortSignal.any(signals) : undefined;
    const sources = new Sources(MIME_LIMIT, signal);
    try {
      signal?.throwIfAborted();
      const once = own.once ?? this.#onceOf(mail);
      if (once !== undefined) nameAfter(once, mail);
      return await this.#compose(mail, sources, { ...this.#upload, ...own, once, signal });
    } catch (error) {
      letGo(mail.message);
      throw this.#explained(toMailError(error, signal), mail);
    } finally {
      await sources.close();
    }
  }

  #onceOf({ data }: MailMessage): string | undefined {
    const { once } = this.options;
    return typeof once === "function" ? once(data) : once;
  }

  async #compose(mail: MailMessage, sources: Sources, options: UploadOptions): Promise<SentMessageInfo> {
    const { message } = mail;
    const { mailbox = "" } = this.options;
    if (mailbox.includes("@") && !message._raw && !message.getHeader("From")) message.setHeader("From", mailbox);
    const raw = message._raw ? await readRaw(mail, sources) : undefined;
    const envelope = raw?.envelope ?? mustBePossible(mail);
    const messageId = raw?.messageId ?? message.messageId();
    if (raw) await this.#post(raw.mime, [], options);
    else {
      const composer = await Composer.open(mail, sources);
      const { mime, files } = await composer.compose(MIME_LIMIT);
      try {
        await this.#post(mime, files, options);
      } catch (error) {
        const again = isTooLarge(error) && composer.hasFiles ? await composer.compose(0) : undefined;
        if (!again || again.mime.length >= mime.length) throw error;
        await this.#post(again.mime, again.files, options);
      }
    }
    return infoOf(envelope, messageId);
  }

  async #post(
    mime: Buffer,
    files: Parameters<ReturnType<Client["api"]>["withAttachments"]>[0],
    options: UploadOptions,
  ) {
    const request = this.client.api(`${this.#box}/sendMail`).header("Content-Type", "text/plain");
    await request.withAttachments(files, options).post(mime.toString("base64"));
  }

  /** Adds what is missing to a refusal to send as somebody else. */
  #explained(error: MailError, { message }: MailMessage): MailError {
    if (!/SendAs|SendOnBehalf/i.test(error.response ?? "")) return error;
    const { from } = message.getEnvelope();
    const box = this.options.mailbox ?? "the mailbox of who has signed in";
    error.message = `${error.message.replace(/[.\s]+$/, "")}. The message is from ${from}, but is sent by ${box}: that needs the permission Send As in Exchange, or another from.`;
    return error;
  }
}

const closed = () =>
  new Refused("ECONNECTION", "The transport was closed, so nothing was sent. Create another one.", "invalid");

function infoOf(envelope: Envelope, messageId: string): SentMessageInfo {
  return { envelope, messageId, accepted: [...envelope.to], rejected: [], pending: [], response: "202 Accepted" };
}
