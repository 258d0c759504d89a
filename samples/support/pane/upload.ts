import type { Client } from "@microsoft/microsoft-graph-client";
import { LargeAttachmentTask, UploadError, type RunOptions, type UploadSession } from "graph-large-attachments";

/** Bytes. A smaller file goes in one request, which cannot be paused. */
export const PAUSABLE = 3_000_000;

/** An upload that the user has paused. The session is a secret, so it stays in memory. */
export class Paused extends Error {
  constructor(readonly session: UploadSession) {
    super("The upload is paused.");
  }
}

export interface Control {
  /** Pauses the upload. The signal of the run cancels it. */
  readonly pause: AbortSignal;
  /** That of a paused or interrupted upload, which then continues. */
  readonly session?: UploadSession;
}

/** Attaches a file. Throws `Paused` if the user pauses it. */
export async function send(client: Client, item: string, file: File, run: RunOptions, { pause, session }: Control) {
  if (file.size <= PAUSABLE) return client.api(item).attach(file, run);
  const task = session
    ? await LargeAttachmentTask.restore(client, session, file)
    : await LargeAttachmentTask.create(client, item, file, { signal: run.signal });
  const signal = run.signal ? AbortSignal.any([run.signal, pause]) : pause;
  try {
    return await (session ? task.resume({ ...run, signal }) : task.upload({ ...run, signal }));
  } catch (error) {
    if (run.signal?.aborted)
      await task.cancel().catch(() => {}); // The service deletes it later.
    else if (pause.aborted) throw new Paused(task.session);
    throw error;
  }
}

/** The session of a failed upload that can be resumed. It is a secret, so it stays in memory. */
export function sessionOf(error: unknown): UploadSession | undefined {
  const canResume = error instanceof UploadError && (error.code === "interrupted" || error.code === "stalled");
  return canResume ? error.session : undefined;
}
