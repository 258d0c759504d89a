import type { Client } from "@microsoft/microsoft-graph-client";
import { LargeAttachmentTask, UploadError, type RunOptions, type UploadSession } from "graph-large-attachments";

/** Attaches a file. With the session of an interrupted upload, it resumes that upload. */
export async function send(client: Client, item: string, file: File, run: RunOptions, session?: UploadSession) {
  if (!session) return client.api(item).attach(file, run);
  const task = await LargeAttachmentTask.restore(client, session, file);
  try {
    return await task.resume(run);
  } catch (error) {
    if (run.signal?.aborted) await task.cancel().catch(() => {}); // The service deletes it later.
    throw error;
  }
}

/** The session of a failed upload that can be resumed. It is a secret, so it stays in memory. */
export function sessionOf(error: unknown): UploadSession | undefined {
  const canResume = error instanceof UploadError && (error.code === "interrupted" || error.code === "stalled");
  return canResume ? error.session : undefined;
}
