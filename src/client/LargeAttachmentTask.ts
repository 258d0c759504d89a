import type { Client } from "@microsoft/microsoft-graph-client";
import type { Uploader } from "../attach/prepare.js";
import type { RunOptions, TaskRun } from "../attach/task.js";
import { UploadError } from "../errors.js";
import { holding } from "../files/hold.js";
import { clientIn, type ClientWrapper } from "../http/graphClient.js";
import type { AttachmentSource, AttachOptions, UploadOptions } from "../options.js";
import { resolveOptions } from "../settings.js";
import { stateOf } from "./handlerState.js";
import type { UploadSession } from "../uploadSession.js";
import { lazy } from "../lazy.js";
import type { CreatedAttachment } from "./withLargeAttachments.js";

export type { RunOptions } from "../attach/task.js";

const tasks = lazy(() => import("./task.js"));

/** The protocols and defaults of a client; those of Microsoft Graph if it has no handler. */
async function uploaderOf(client: Client | ClientWrapper, signal: AbortSignal | undefined): Promise<Uploader> {
  const state = stateOf(client);
  const { placesFor } = await (state ? state.uploads(signal) : tasks(signal));
  return { placesFor, defaults: state?.defaults };
}

/** The progress of an upload, as the service reports it now. If it cannot be asked, as its last reply said. */
export interface UploadStatus {
  /** First byte that the service still needs. */
  readonly offset: number;
  /** When the session ends, if that is known. ISO date. */
  readonly expires?: string;
}

/**
 * An upload that you control: stop it, store it, and resume it in another process.
 *
 * Rejects with the client's `GraphError` for refusals by the service, with an `UploadError` for what is not possible, and with
 * the signal's reason for an abort. After each of them, `resume()` continues.
 */
export class LargeAttachmentTask<A = CreatedAttachment> {
  readonly #run: TaskRun;

  private constructor(run: TaskRun) {
    this.#run = run;
  }

  /**
   * Opens an upload session. `url` is that of a message, event or task, or of its attachments, of a file or folder of a
   * drive, or of a print document. Works with any client, even without `withLargeAttachments`.
   *
   * @example
   * ```ts
   * import { LargeAttachmentTask } from "graph-large-attachments";
   *
   * const task = await LargeAttachmentTask.create(client, "/me/messages/AAMkAD…", file);
   * const pause = new AbortController(); // pause.abort() stops it
   * const attachment = await task.upload({ signal: pause.signal });
   * // later, also after a pause, or after `restore` in another process:
   * await task.resume();
   * ```
   */
  static async create<A = CreatedAttachment>(
    client: Client | ClientWrapper,
    url: string,
    file: AttachmentSource,
    options: AttachOptions = {},
  ): Promise<LargeAttachmentTask<A>> {
    return holding([{ file }], async () => {
      resolveOptions(options);
      if (typeof url !== "string")
        throw new UploadError("invalid", 'The URL must be a string such as "/me/messages/AAMk…".');
      const { createTask } = await tasks(options.signal);
      const uploader = await uploaderOf(client, options.signal);
      return new LargeAttachmentTask<A>(await createTask(clientIn(client), uploader, url, file, options));
    });
  }

  /** Takes up a stored session. `file` must be the same file: its size and edges are compared before anything is sent. */
  static async restore<A = CreatedAttachment>(
    client: Client | ClientWrapper,
    session: UploadSession,
    file: AttachmentSource,
    options: UploadOptions = {},
  ): Promise<LargeAttachmentTask<A>> {
    return holding([{ file }], async () => {
      const { restoreTask } = await tasks(options.signal);
      const uploader = await uploaderOf(client, options.signal);
      return new LargeAttachmentTask<A>(await restoreTask(clientIn(client), uploader, session, file, options));
    });
  }

  /** The session as plain JSON, up to date after every range. It is secret: whoever holds it can write to the upload. */
  get session(): UploadSession {
    return this.#run.session;
  }

  /** Sends what is missing and returns the attachment. A second call while it runs returns the same promise. */
  upload(options: RunOptions = {}): Promise<A> {
    return this.#send(options, false);
  }

  /** Like `upload`, but asks the service first which bytes it has. Use it after a failure, an abort, or a restart. */
  resume(options: RunOptions = {}): Promise<A> {
    return this.#send(options, true);
  }

  async getStatus(): Promise<UploadStatus> {
    const offset = await this.#run.offset();
    return { offset, expires: this.session.expires };
  }

  /** Stops the upload and has the service discard it. After that, `upload` and `resume` reject. */
  cancel(): Promise<void> {
    return this.#run.cancel();
  }

  async #send(options: RunOptions, ask: boolean): Promise<A> {
    resolveOptions(options);
    const attachment = await this.#run.run(options, ask);
    // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- the caller names the type of what the service returns
    return attachment as A;
  }
}
