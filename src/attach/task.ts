import type { Client } from "@microsoft/microsoft-graph-client";
import { UploadError } from "../errors.js";
import type { Content } from "../file.js";
import { fingerprint, sameFile } from "../files/fingerprint.js";
import { knowsItsSize, openSource } from "../files/open.js";
import { urlOf, callOf } from "../http/chain.js";
import { asGraphError, Refusal } from "../http/refusal.js";
import { member } from "../json.js";
import { inMegabytes } from "../megabytes.js";
import type { AttachmentSource, AttachOptions, UploadOptions } from "../options.js";
import type { Service } from "../http/service.js";
import type { Reply, WireRequest } from "../protocol.js";
import { signalFor } from "../signals.js";
import { findCreated } from "../upload/find.js";
import type { Job } from "../upload/job.js";
import { cancelling, openListed } from "../upload/session.js";
import type { UploadSession } from "../uploadSession.js";
import { originOf } from "../urls.js";
import { mustBeSafe, parseSession } from "../upload/storedSession.js";
import { Upload } from "../upload/upload.js";
import { isLinked, linkAll, mustTake } from "./link.js";
import { prepare, type Uploader } from "./prepare.js";
import { tryPlaces } from "./tryAgain.js";

/** Options that may differ from one run of a task to the next. */
export type RunOptions = Pick<UploadOptions, "signal" | "onProgress">;

/** Opens an upload session for a file. */
export async function createTask(
  client: Client,
  uploader: Uploader,
  url: string,
  file: AttachmentSource,
  options: AttachOptions,
): Promise<TaskRun> {
  const content = openSource(file, options.size);
  try {
    return await begun(client, uploader, url, content, options);
  } catch (error) {
    content.close(error);
    throw error;
  }
}

async function begun(
  client: Client,
  uploader: Uploader,
  url: string,
  content: Content,
  options: AttachOptions,
): Promise<TaskRun> {
  mustNotBeOnce(options);
  const job = await prepare(client.api(url), uploader, content, { ...options, overflow: undefined });
  if (job.file.size === 0) {
    throw new UploadError("invalid", "An empty file has no ranges to upload. Use client.api(url).attach(file).");
  }
  const { traffic, settings } = job.service;
  const named = { ...job, fingerprint: await fingerprint(content, settings.signal) };
  const open = async (job: Job) => {
    await mustTake([job]);
    await job.checkpoint?.load(); // the task begins anew, and takes over what is stored
    return new TaskRun(job, await openListed(job), false);
  };
  return asGraphError(traffic.items.run(job.turn, () => tryPlaces(named, open), settings.signal));
}

/** Takes up a stored session with the same file. */
export async function restoreTask(
  client: Client,
  uploader: Uploader,
  stored: UploadSession,
  file: AttachmentSource,
  options: UploadOptions,
): Promise<TaskRun> {
  mustNotBeOnce(options);
  const { context } = await callOf(client.api("/"));
  const { protocols } = await uploader.placesFor(String(member(stored, "collection")), options.signal);
  const session = parseSession(stored, protocols);
  const { collection, uploadUrl, offset, linkTo } = session;
  const { size, ...about } = session.file;
  mustBeSafe(uploadUrl, collection);
  mustBeOwn(urlOf(context), collection);
  const content = openSource(file, knowsItsSize(file) ? undefined : size);
  try {
    const job = await prepare(client.api(collection), uploader, content, { ...options, ...about }, about);
    const print = await fingerprint(content, job.service.settings.signal);
    if (content.size !== size || offset > size || !sameFile(print, session.fingerprint ?? `${size}`)) {
      const message = `The session was opened for another file (${about.name}, ${inMegabytes(size)}), or the file has changed since. Give the same file, or create a new task.`;
      throw new UploadError("otherFile", message);
    }
    return new TaskRun({ ...job, fingerprint: print, linkTo, turn: linkTo ?? job.turn }, session, true);
  } catch (error) {
    content.close(error);
    throw error;
  }
}

function mustNotBeOnce({ once }: UploadOptions): void {
  if (once === undefined) return;
  throw new UploadError(
    "unsupported",
    "A task is resumed by its session, so it takes no once. Omit it, or use attach.",
  );
}

/** The work behind a `LargeAttachmentTask`. */
export class TaskRun {
  readonly #upload: Upload;
  readonly #cancelled = new AbortController();
  #running: Promise<object> | undefined;
  /** Stops the run that was begun last. */
  #stop: AbortSignal | undefined;
  #done = false;

  constructor(
    private readonly job: Job,
    session: UploadSession,
    private readonly restored: boolean,
  ) {
    this.#upload = new Upload(job, session, restored);
  }

  get session(): UploadSession {
    return this.#upload.session;
  }

  /**
   * Sends what is missing. `ask`: asks the service first. A second call while it runs returns the same promise; after an abort
   * it begins as soon as the run that was stopped has ended.
   */
  run(options: RunOptions, ask: boolean): Promise<object> {
    const before = this.#running;
    if (before && (this.#done || !this.#stop?.aborted)) return before;
    const stop = signalFor(this.#cancelled.signal, options.signal ?? this.job.service.settings.signal);
    const running = this.#after(before, () => this.#send(options, ask, stop)).catch((error: unknown) => {
      if (this.#running === running) this.#running = undefined;
      throw error;
    });
    this.#stop = stop;
    this.#running = running;
    return running;
  }

  async #after(before: Promise<object> | undefined, send: () => Promise<object>): Promise<object> {
    const attached = await before?.catch(() => undefined);
    const attachment = attached ?? (await asGraphError(send()));
    this.#done = true;
    await this.#end();
    return attachment;
  }

  /** Lets go of the file and of the stored session. */
  async #end(reason?: unknown): Promise<void> {
    const { content, checkpoint } = this.job;
    content.close(reason);
    await checkpoint?.remove().catch(() => {});
  }

  async #send({ onProgress }: RunOptions, ask: boolean, stop: AbortSignal | undefined): Promise<object> {
    const { job } = this;
    const { traffic, settings } = job.service;
    const service = job.service.with({ onProgress: onProgress ?? settings.onProgress, signal: stop });
    return traffic.items.run(job.turn, () => this.#attach({ ...job, service }, ask), stop);
  }

  async #attach(job: Job, ask: boolean): Promise<object> {
    const { service, linkTo } = job;
    const link = linkTo === undefined ? undefined : job.protocol.link;
    const begun = this.restored ? this.session.attachment : undefined;
    if (begun && link && (await isLinked(job, link, begun))) return begun;
    const { attachment } = await this.#upload.run(service, ask);
    if (link) await linkAll(job, link, [{ attachment, file: job.file }], { session: this.session });
    return attachment;
  }

  /** First byte that the service still needs, as it says, or as its last reply said. */
  async offset(): Promise<number> {
    const { session, job } = this;
    const { service, protocol } = job;
    if (this.#done) return session.file.size;
    const request = protocol.session.status?.(session);
    const { reply } = request ? await service.with({ signal: undefined }).attempt(request) : { reply: undefined };
    const step = reply && reply.status < 300 ? protocol.session.read(reply, session) : undefined;
    return step && "next" in step ? step.next : session.offset;
  }

  /** Stops the upload and has the service discard it. The range that was under way may have completed the file. */
  async cancel(): Promise<void> {
    const { service } = this.job;
    if (this.#done) throw attached();
    const reason = new UploadError("cancelled", "The upload was cancelled. Create a new task to attach the file.");
    this.#cancelled.abort(reason);
    await this.#running?.catch(() => {});
    if (this.#done) throw attached();
    await this.#end(reason);
    const request = cancelling(this.job, this.session);
    if (!request) {
      const message = `The upload has stopped. ${service.api.label} has no call to discard it, but removes it later.`;
      throw new UploadError("unsupported", message);
    }
    const discard = service.with({ signal: undefined }).cleanUp((free) => this.#discard(free, request), true);
    const confirmed = discard.catch((cause: unknown) => {
      if (cause instanceof Refusal || cause instanceof UploadError) throw cause;
      const message = `The upload has stopped, but ${service.api.label} did not confirm that it is discarded. Call cancel() again, or let the session expire.`;
      throw new UploadError("interrupted", message, { cause, session: this.session });
    });
    this.#done = await asGraphError(confirmed);
    if (this.#done) throw attached();
  }

  /** Has the service forget the session. Returns whether the session is gone because the file is attached. */
  async #discard(service: Service, request: WireRequest): Promise<boolean> {
    const { session, job } = this;
    const was = await service.get(request, discarded);
    if (was === "open" || !session.before) return false;
    return (await findCreated({ ...job, service }, session.before, session)) !== undefined;
  }
}

function attached(): UploadError {
  return new UploadError("invalid", "The file is already attached. Delete the attachment instead.");
}

function discarded({ status }: Reply): "open" | "gone" | undefined {
  if (status === 404 || status === 410) return "gone";
  return status >= 200 && status < 300 ? "open" : undefined;
}

/** A stored session is resumed only at the client's own API, not where somebody may have changed it to. */
function mustBeOwn(api: string, collection: string): void {
  if (originOf(api) === originOf(collection)) return;
  throw new UploadError(
    "invalid",
    "The session belongs to another API than this client's. Restore it with the client that created it.",
  );
}
