import type { Client } from "@microsoft/microsoft-graph-client";
import { LargeAttachmentTask, UploadError, type RunOptions, type UploadSession } from "graph-large-attachments";

/** Attaches a file; with the session of an upload that was interrupted, goes on from where that one stopped. */
export async function send(client: Client, item: string, file: File, run: RunOptions, session?: UploadSession) {
  if (!session) return client.api(item).attach(file, run);
  const task = await LargeAttachmentTask.restore(client, session, file);
  try {
    return await task.resume(run);
  } catch (error) {
    if (run.signal?.aborted) await task.cancel().catch(() => {}); // Outlook drops it by itself after a while
    throw error;
  }
}

/** Where an upload that failed can go on. It is a secret: it stays in memory. */
export function sessionOf(error: unknown): UploadSession | undefined {
  const goesOn = error instanceof UploadError && (error.code === "interrupted" || error.code === "stalled");
  return goesOn ? error.session : undefined;
}
