import type { Client } from "@microsoft/microsoft-graph-client";
import { prepare, type AttachOptions, type CreatedAttachment, type Prepared } from "./attach.js";
import { knowsItsSize, type AttachmentSource } from "./content.js";
import { asGraphError, NoReply, UploadError } from "./errors.js";
import { fingerprint, sameFile } from "./fingerprint.js";
import type { UploadOptions } from "./options.js";
import type { Reply, UploadSession } from "./protocol.js";
import { protocolNamed } from "./protocols/index.js";
import { mustBeSafe, openSession } from "./session.js";
import { Upload } from "./upload.js";

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
export class LargeAttachmentTask {
  readonly #prepared: Prepared;
  readonly #upload: Upload;
  #running: Promise<CreatedAttachment> | undefined;
  #done = false;
  readonly #cancelled = new AbortController();

  private constructor(prepared: Prepared, session: UploadSession, restored: boolean) {
    this.#prepared = prepared;
    this.#upload = new Upload(prepared.plan, session, restored);
  }

  /**
   * Opens an upload session. `url` is that of a message, event or task, or of its attachments; the client may be any,
   * also one without `withLargeAttachments`.
   */
  static async create(
    client: Client,
    url: string,
    file: AttachmentSource,
    options: AttachOptions = {},
  ): Promise<LargeAttachmentTask> {
    const prepared = await prepare(client.api(url), file, options);
    const { plan, queue } = prepared;
    if (plan.file.size === 0)
      throw new UploadError("invalid", "An empty file has no ranges to upload: use client.api(url).attach(file).");
    const { service, collection } = plan;
    const named = { ...prepared, plan: { ...plan, fingerprint: await fingerprint(plan.content) } };
    const open = () => openSession(named.plan);
    const session = await asGraphError(queue.run(service.protocol.item(collection), open, service.settings.signal));
    return new LargeAttachmentTask(named, session, false);
  }

  /** Takes up a stored session. `file` must be the same file: its size and edges are compared before anything is sent. */
  static async restore(
    client: Client,
    session: UploadSession,
    file: AttachmentSource,
    options: UploadOptions = {},
  ): Promise<LargeAttachmentTask> {
    const { collection, uploadUrl, offset, file: info } = sound(session);
    mustBeSafe(uploadUrl, collection);
    const { name, contentType, isInline, contentId, size } = info;
    const prepared = await prepare(client.api(collection), file, {
      ...options,
      name,
      contentType,
      isInline,
      contentId,
      size: knowsItsSize(file) ? undefined : size,
    });
    const print = await fingerprint(prepared.plan.content);
    if (prepared.plan.file.size !== size || offset > size || !sameFile(print, session.fingerprint ?? `${size}`)) {
      throw new UploadError(
        "otherFile",
        `The session was opened for another file than this one (${info.name}, ${size} bytes). Give the same file, or create a new task.`,
      );
    }
    return new LargeAttachmentTask({ ...prepared, plan: { ...prepared.plan, fingerprint: print } }, session, true);
  }

  /** The session as plain JSON, current after every range. It is a secret: whoever holds it can write to the upload. */
  get session(): UploadSession {
    return this.#upload.session;
  }

  /** Sends what is missing and answers the attachment. A second call while it runs answers the same promise. */
  upload(options: RunOptions = {}): Promise<CreatedAttachment> {
    return this.#run(options, false);
  }

  /** Like `upload`, but asks the service first which bytes it has: after a failure, an abort, or a restart. */
  resume(options: RunOptions = {}): Promise<CreatedAttachment> {
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
    if (!service.protocol.cancel)
      throw new UploadError(
        "unsupported",
        `${service.protocol.service} cannot discard an unfinished upload; it forgets it by itself.`,
      );
    const unstoppable = service.with({ ...service.settings, signal: undefined });
    await asGraphError(unstoppable.ask(service.protocol.cancel(this.session), isGone));
  }

  #run(options: RunOptions, ask: boolean): Promise<CreatedAttachment> {
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

  async #send(options: RunOptions, ask: boolean): Promise<CreatedAttachment> {
    const { plan, queue } = this.#prepared;
    const { protocol, settings } = plan.service;
    const stops = [this.#cancelled.signal, options.signal ?? settings.signal].filter((signal) => signal !== undefined);
    const signal = AbortSignal.any(stops);
    const service = plan.service.with({ ...settings, onProgress: options.onProgress ?? settings.onProgress, signal });
    const created = await queue.run(protocol.item(plan.collection), () => this.#upload.run(service, ask), signal);
    return created.attachment as CreatedAttachment;
  }
}

/** What may differ from one run of a task to the next. */
export type RunOptions = Pick<UploadOptions, "signal" | "onProgress">;

function isGone({ status }: Reply): true | undefined {
  return (status >= 200 && status < 300) || status === 404 || status === 410 ? true : undefined;
}

/** A stored session has been out of our hands: it must at least be one. */
function sound(session: UploadSession): UploadSession {
  const { protocol, collection, uploadUrl, offset, file, before } = (session ?? {}) as Partial<UploadSession>;
  const whole = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  const strings = [protocol, collection, uploadUrl, file?.name].every((value) => typeof value === "string");
  const lists = before === undefined || (Array.isArray(before) && before.every((id) => typeof id === "string"));
  if (
    !strings ||
    !lists ||
    !whole(offset) ||
    !whole(file?.size) ||
    protocolNamed(protocol!)?.collection(collection!) !== collection
  ) {
    throw new UploadError(
      "invalid",
      "This is no stored upload session: give the JSON of task.session, or error.session.",
    );
  }
  return session;
}
