// Sends the mails of a queue. Start as many of these as you like. main.ts starts them on the emulator; on the real Graph,
// GRAPH_ACCESS_TOKEN stands for the sign-in of your application (Mail.ReadWrite and Mail.Send).
import { openAsBlob } from "node:fs";
import { Client, GraphError } from "@microsoft/microsoft-graph-client";
import { Worker } from "bullmq";
import { UploadError, withLargeAttachments } from "graph-large-attachments";
import { sharedLimiter } from "./limiters.js";

/** A mail to send. The queue holds where the file is, not the file. */
export interface Mail {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly path: string;
}

const { REDIS_URL: url = "redis://127.0.0.1:6379", GRAPH_URL: baseUrl, GRAPH_ACCESS_TOKEN: token = "" } = process.env;
const client = withLargeAttachments(
  Client.initWithMiddleware({
    baseUrl,
    customHosts: new Set(["localhost"]), // the emulator
    authProvider: { getAccessToken: async () => token },
  }),
  { limiter: sharedLimiter(url) },
);

const worker = new Worker<Mail>(
  "mails",
  async ({ id, data: { from, to, subject, path } }) => {
    const file = { file: await openAsBlob(path), name: "report.bin" };
    const message = { subject, toRecipients: [{ emailAddress: { address: to } }] };
    // the job's id: whoever does this job again finds what this try has left in the mailbox
    await client.api(`/users/${from}/sendMail`).withAttachments([file], { once: id }).post({ message });
  },
  {
    connection: { url, maxRetriesPerRequest: null },
    concurrency: 4,
    lockDuration: 5_000, // a worker that died is noticed after that; 30,000 by default
    stalledInterval: 2_000,
    maxStalledCount: 10, // by default a job that has stalled twice fails for good
    settings: { backoffStrategy: (attempt, _type, error) => Math.max(askedWait(error), 5_000 * 2 ** attempt) },
  },
);
worker.on("failed", (job, error) => console.error(`${job?.data.subject}: ${error.message}`));

/** Milliseconds that the service asks for beyond the ten minutes that an upload waits itself. */
function askedWait(error: Error | undefined): number {
  const cause = error instanceof UploadError ? error.cause : error;
  const seconds = cause instanceof GraphError ? Number(cause.headers?.get("Retry-After")) : 0;
  return Number.isFinite(seconds) ? seconds * 1_000 : 0;
}
