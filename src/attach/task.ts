import type { Client } from "@microsoft/microsoft-graph-client";
import { UploadError } from "../errors.js";
import { fingerprint, sameFile } from "../files/fingerprint.js";
import { knowsItsSize, openSource } from "../files/open.js";
import { callOf, urlOf } from "../http/graphClient.js";
import { asGraphError } from "../http/refusal.js";
import type { AttachmentSource, AttachOptions, UploadOptions } from "../options.js";
import type { Content, Reply, UploadSession } from "../protocol.js";
import { signalFor } from "../signals.js";
import type { Job } from "../upload/job.js";
import { cancelling, openListed } from "../upload/session.js";
import { originOf } from "../urls.js";
import { mustBeSafe, parseSession } from "../upload/storedSession.js";
import { Upload } from "../upload/upload.js";
import { isLinked, linkAll, mustTake } from "./link.js";
import { prepare, type Uploader } from "./prepare.js";

/** Options that may differ from one run of a task to the next. */
export type RunOptions = Pick<UploadOptions, "signal" | "onProgress">;

/** Opens an upload session for a file. */
export async function createTask(
  client: Client,
  uploader: Uploader,
  url: string,
  content: Content,
  options: AttachOptions,
): Promise<TaskRun> {
  const job = await prepare(client.api(url), uploader, content, { ...options, overflow: undefined });
  if (job.file.size === 0) {
    throw new UploadError("invalid", "An empty file has no ranges to upload. Use client.api(url).attach(file).");
  }
  const { traffic, settings } = job.service;
  const named = { ...job, fingerprint: await fingerprint(content, settings.signal) };
  const open = async () => {
    await mustTake([named]);
    return openListed(named);
  };
  const session = await asGraphError(traffic.items.run(job.turn, open, settings.signal));
  return new TaskRun(named, session, false);
}

/** Takes up a stored session with the same file. */
export async function restoreTask(
  client: Client,
  uploader: Uploader,
  stored: UploadSession,
  file: AttachmentSource,
  options: UploadOptions,
): Promise<TaskRun> {
  const { context } = await callOf(client.api("/"));
  const session = parseSession(stored, uploader.protocols);
  const { collection, uploadUrl, offset, linkTo } = session;
  const { size, ...about } = session.file;
  mustBeSafe(uploadUrl, collection);
  mustBeOwn(urlOf(context), collection);
  const content = openSource(file, knowsItsSize(file) ? undefined : size);
  const job = await prepare(client.api(collection), uploader, content, { ...options, ...about });
  const print = await fingerprint(content, job.service.settings.signal);
  if (content.size !== size || offset > size || !sameFile(print, session.fingerprint ?? `${size}`)) {
    throw new UploadError(
      "otherFile",
      `The session was opened for another file (${about.name}, ${size} bytes). Give the same file, or create a new task.`,
    );
  }
  return new TaskRun({ ...job, fingerprint: print, linkTo, turn: linkTo ?? job.turn }, session, true);
}

/** The work behind a `LargeAttachmentTask`. */
export class TaskRun {
  readonly #upload: Upload;
  readonly #cancelled = new AbortController();
  #running: Promise<object> | undefined;
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

  /** Sends what is missing. `ask`: asks the service first. A second call while it runs returns the same promise. */
  run(options: RunOptions, ask: boolean): Promise<object> {
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

  async #send({ signal, onProgress }: RunOptions, ask: boolean): Promise<object> {
    const { job } = this;
    const { traffic, settings } = job.service;
    const stop = signalFor(this.#cancelled.signal, signal ?? settings.signal);
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
    const { reply } = request ? await service.attempt(request) : { reply: undefined };
    const step = reply && reply.status < 300 ? protocol.session.read(reply, session) : undefined;
    return step && "next" in step ? step.next : session.offset;
  }

  /** Stops the upload and has the service discard it. */
  async cancel(): Promise<void> {
    const { service } = this.job;
    if (this.#done) throw new UploadError("invalid", "The file is already attached. Delete the attachment instead.");
    this.#cancelled.abort(
      new UploadError("cancelled", "The upload was cancelled. Create a new task to attach the file."),
    );
    await this.#running?.catch(() => {});
    const request = cancelling(this.job, this.session);
    if (!request) {
      const message = `The upload has stopped. ${service.api.label} has no call to discard it, but removes it later.`;
      throw new UploadError("unsupported", message);
    }
    await asGraphError(service.cleanUp((free) => free.get(request, isGone)));
  }
}

function isGone({ status }: Reply): true | undefined {
  return (status >= 200 && status < 300) || status === 404 || status === 410 ? true : undefined;
}

/** A stored session is resumed only at the client's own API, not where somebody may have changed it to. */
function mustBeOwn(api: string, collection: string): void {
  if (originOf(api) === originOf(collection)) return;
  throw new UploadError(
    "invalid",
    "The session belongs to another API than this client's. Restore it with the client that created it.",
  );
}
