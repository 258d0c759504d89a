import type { Client } from "@microsoft/microsoft-graph-client";
import type { CreatedAttachment } from "./withLargeAttachments.js";
import { knowsItsSize, openSource, type AttachmentSource } from "../files/open.js";
import { UploadError } from "../errors.js";
import { asGraphError, NoReply } from "../http/refusal.js";
import { fingerprint, sameFile } from "../files/fingerprint.js";
import { isLinked, link } from "../attach/link.js";
import type { UploadOptions } from "../options.js";
import type { AttachOptions } from "../fileToAttach.js";
import { firstOf, headOf } from "./head.js";
import { prepare, type Prepared } from "../attach/prepare.js";
import { graphProtocols } from "../protocols/index.js";
import type { Reply, UploadProtocol, UploadSession } from "../protocol.js";
import { mustBeSafe, openSession } from "../upload/session.js";
import { sound } from "../upload/storedSession.js";
import { callOf, type Call } from "../http/transport.js";
import { Upload } from "../upload/upload.js";

/** How far an upload is, as the service says, or, where it cannot say, as the last reply did. */
export interface UploadStatus {
  /** First byte that the service still wants. */
  readonly offset: number;
  /** ISO date at which the session ends, where it is known. */
  readonly expires?: string;
}

/**
 * One upload in the caller's hands: it can be stopped, stored, and gone on with in another process.
 *
 * Rejects with the client's `GraphError` for what the service refuses, with an `UploadError` for what cannot be done,
 * and with the signal's reason for an abort; after either, `resume()` goes on.
 */
export class LargeAttachmentTask<A = CreatedAttachment> {
  readonly #prepared: Prepared;
  readonly #restored: boolean;
  readonly #upload: Upload;
  #running: Promise<A> | undefined;
  #done = false;
  readonly #cancelled = new AbortController();

  private constructor(prepared: Prepared, session: UploadSession, restored: boolean) {
    this.#prepared = prepared;
    this.#restored = restored;
    this.#upload = new Upload(prepared.plan, session, restored);
  }

  /**
   * Opens an upload session. `url` is that of a message, event or task, or of its attachments; the client may be any,
   * also one without `withLargeAttachments`.
   */
  static async create<A = CreatedAttachment>(
    client: Client,
    url: string,
    file: AttachmentSource,
    options: AttachOptions = {},
  ): Promise<LargeAttachmentTask<A>> {
    const opened = { source: openSource(file, options.size), options: { ...options, overflow: undefined } };
    const prepared = await prepare(client.api(url), await protocolsOf(client), opened);
    const { plan, queue, key } = prepared;
    if (plan.file.size === 0)
      throw new UploadError("invalid", "An empty file has no ranges to upload: use client.api(url).attach(file).");
    const { settings } = plan.service;
    const named = { ...prepared, plan: { ...plan, fingerprint: await fingerprint(plan.content) } };
    const open = () => openSession(named.plan);
    const session = await asGraphError(queue.run(key, open, settings.signal));
    return new LargeAttachmentTask<A>(named, session, false);
  }

  /** Takes up a stored session. `file` must be the same file: its size and edges are compared before anything is sent. */
  static async restore<A = CreatedAttachment>(
    client: Client,
    session: UploadSession,
    file: AttachmentSource,
    options: UploadOptions = {},
  ): Promise<LargeAttachmentTask<A>> {
    const call = await callOf(client.api("/"));
    const protocols = await protocolsOf(client);
    const { collection, uploadUrl, offset, file: info, linkTo } = sound(session, protocols);
    const { size, ...about } = info;
    mustBeSafe(uploadUrl, collection);
    mustBeOwn(call, collection);
    const source = openSource(file, knowsItsSize(file) ? undefined : size);
    const prepared = await prepare(client.api(collection), protocols, { source, options: { ...options, ...about } });
    const print = await fingerprint(prepared.plan.content);
    if (prepared.plan.file.size !== size || offset > size || !sameFile(print, session.fingerprint ?? `${size}`)) {
      throw new UploadError(
        "otherFile",
        `The session was opened for another file than this one (${info.name}, ${size} bytes). Give the same file, or create a new task.`,
      );
    }
    const plan = { ...prepared.plan, fingerprint: print, linkTo };
    return new LargeAttachmentTask<A>({ ...prepared, plan, key: linkTo ?? prepared.key }, session, true);
  }

  /** The session as plain JSON, current after every range. It is a secret: whoever holds it can write to the upload. */
  get session(): UploadSession {
    return this.#upload.session;
  }

  /** Sends what is missing and answers the attachment. A second call while it runs answers the same promise. */
  upload(options: RunOptions = {}): Promise<A> {
    return this.#run(options, false);
  }

  /** Like `upload`, but asks the service first which bytes it has: after a failure, an abort, or a restart. */
  resume(options: RunOptions = {}): Promise<A> {
    return this.#run(options, true);
  }

  async getStatus(): Promise<UploadStatus> {
    const { service } = this.#prepared.plan;
    const { protocol } = service;
    const { session } = this;
    const answer = this.#done ? undefined : protocol.status && (await service.attempt(protocol.status(session)));
    const reply = answer instanceof NoReply ? undefined : answer;
    const step = reply && reply.status < 300 ? protocol.readRange(reply, session) : undefined;
    const offset = this.#done ? session.file.size : step && "next" in step ? step.next : session.offset;
    return { offset, expires: session.expires };
  }

  /** Stops the upload and has the service discard it; `upload` and `resume` reject from then on. */
  async cancel(): Promise<void> {
    const { service } = this.#prepared.plan;
    if (this.#done) throw new UploadError("invalid", "The file is attached already: delete the attachment instead.");
    this.#cancelled.abort(
      new UploadError("cancelled", "The upload was cancelled: create a new task to attach the file."),
    );
    await this.#running?.catch(() => {});
    const request = service.protocol.cancel?.(this.session);
    if (!request) {
      const { service: name } = service.protocol;
      throw new UploadError(
        "unsupported",
        `The upload has stopped. ${name} has no call to discard it, but removes it by itself.`,
      );
    }
    await asGraphError(service.with({ ...service.settings, signal: undefined }).ask(request, isGone));
  }

  #run(options: RunOptions, ask: boolean): Promise<A> {
    this.#running ??= asGraphError(this.#send(options, ask)).then(
      (attachment) => {
        this.#done = true;
        return attachment;
      },
      (error) => {
        this.#running = undefined;
        throw error;
      },
    );
    return this.#running;
  }

  async #send(options: RunOptions, ask: boolean): Promise<A> {
    const { plan, queue, key } = this.#prepared;
    const { settings } = plan.service;
    const stops = [this.#cancelled.signal, options.signal ?? settings.signal].filter((signal) => signal !== undefined);
    const signal = AbortSignal.any(stops);
    const service = plan.service.with({ ...settings, onProgress: options.onProgress ?? settings.onProgress, signal });
    const { linkTo } = plan;
    const work = async () => {
      const begun = this.#restored && this.session.attachment;
      if (begun && linkTo && (await isLinked(service, linkTo, begun))) return begun as A;
      const { attachment } = await this.#upload.run(service, ask);
      if (linkTo) await link(service, linkTo, [{ attachment, file: plan.file }], this.session);
      return attachment as A;
    };
    return queue.run(key, work, signal);
  }
}

/** What may differ from one run of a task to the next. */
export type RunOptions = Pick<UploadOptions, "signal" | "onProgress">;

/** What a client's URLs can be. */
async function protocolsOf(client: Client): Promise<readonly UploadProtocol[]> {
  return (await headOf(firstOf(client))?.uploads())?.protocols ?? graphProtocols;
}

function isGone({ status }: Reply): true | undefined {
  return (status >= 200 && status < 300) || status === 404 || status === 410 ? true : undefined;
}

/** A stored session is gone on with where the client's own API is, and nowhere that somebody may have written into it. */
function mustBeOwn({ context }: Call, collection: string): void {
  if (new URL(context.request as string).origin === new URL(collection).origin) return;
  throw new UploadError(
    "invalid",
    "The session is of another API than this client's: restore it with the client that it was made with.",
  );
}
