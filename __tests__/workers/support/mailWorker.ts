// Sends the mails of a BullMQ queue, each once.
import { Worker } from "bullmq";
import { Redis } from "ioredis";
import type { CheckpointStore } from "graph-large-attachments";
import { connect } from "./client";

const { REDIS_URL: url = "", PREFIX = "" } = process.env;
const redis = new Redis(url);
const checkpoints: CheckpointStore = {
  load: async (key) => JSON.parse((await redis.get(PREFIX + key)) ?? "null"),
  save: (key, session) => redis.set(PREFIX + key, JSON.stringify(session)),
  remove: (key) => redis.del(PREFIX + key),
};
const client = connect({ threshold: 100_000, rangeSize: 100_000, delay: 100 });
const file = (size: number, seed: number) => new Blob([new Uint8Array(size).map((_, at) => (at * seed) % 251)]);
const files = [
  { file: file(500_000, 7), name: "large.bin" },
  { file: file(20_000, 3), name: "small.bin" },
];

const worker = new Worker<{ subject: string }>(
  PREFIX,
  async ({ id, data: { subject } }) => {
    const message = { subject, toRecipients: [{ emailAddress: { address: "adele@contoso.example" } }] };
    await client.api("/me/sendMail").withAttachments(files, { once: id, checkpoints }).post({ message });
  },
  {
    connection: { url, maxRetriesPerRequest: null },
    concurrency: 3,
    lockDuration: 4_000,
    stalledInterval: 1_500,
    maxStalledCount: 100,
  },
);
worker.on("failed", (job, error) => process.send?.(`${job?.id}: ${error.message}`));
worker.on("error", () => {});
