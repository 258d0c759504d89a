/**
 * Sends mails with large attachments from a queue (BullMQ on Redis) with four workers, one of which is killed meanwhile.
 * README.md shows how to run it.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Queue, QueueEvents } from "bullmq";
import { startEmulator } from "graph-large-attachments/emulator";
import { startRedis } from "./redis.js";
import type { Mail } from "./worker.js";

const MAILS = 20;
const WORKERS = 4;
const from = "megan@contoso.example";

async function main(): Promise<void> {
  const redis = await startRedis();
  let later = 0;
  const emulator = await startEmulator({ now: () => Date.now() + later });
  const folder = await mkdtemp(join(tmpdir(), "workers-"));
  const [ca, path] = [join(folder, "ca.pem"), join(folder, "report.bin")];
  await Promise.all([writeFile(ca, emulator.ca), writeFile(path, new Uint8Array(5_000_000))]);
  const connection = { url: redis.url };
  const queue = new Queue<Mail>("mails", { connection });
  const events = new QueueEvents("mails", { connection });
  await events.waitUntilReady();

  const env = {
    ...process.env,
    REDIS_URL: redis.url,
    GRAPH_URL: emulator.graphUrl,
    GRAPH_ACCESS_TOKEN: emulator.token,
    NODE_EXTRA_CA_CERTS: ca,
  };
  const program = fileURLToPath(new URL("worker.ts", import.meta.url));
  const start = () => spawn(process.execPath, ["--import", "tsx", program], { env, stdio: "inherit" });
  const workers = Array.from({ length: WORKERS }, start);

  console.log(`${MAILS} mails of 5 MB, ${WORKERS} workers, one mailbox.`);
  const mails = Array.from({ length: MAILS }, (_, index) => ({
    name: "mail",
    data: { from, to: "adele@contoso.example", subject: `Report ${index + 1}`, path },
    opts: { jobId: `report-${index + 1}`, attempts: 10, backoff: { type: "custom" } },
  }));
  let sent = 0;
  const done = new Promise<void>((resolve) =>
    events.on("completed", () => {
      sent += 1;
      if (sent === 3) {
        console.log("One worker is killed in the middle of its jobs, and another one starts.");
        workers[0]?.kill("SIGKILL");
        workers[0] = start();
        // A mail whose worker died while it was sent is uncertain for ten minutes, which pass here by the emulator's clock.
        setTimeout(() => (later = 601_000), 10_000).unref();
      }
      if (sent === MAILS) resolve();
    }),
  );
  await queue.addBulk(mails);
  await done;

  const subjects = emulator.mailbox.outbox().map(({ subject }) => subject);
  console.log(`Sent: ${new Set(subjects).size}. Twice: ${subjects.length - new Set(subjects).size}.`);
  console.log(`Drafts left: ${emulator.mailbox.drafts().length}.`);
  console.log(`429: ${emulator.requests.filter(({ status }) => status === 429).length}.`);
  for (const worker of workers) worker.kill();
  await queue.obliterate({ force: true });
  await Promise.all([queue.close(), events.close(), emulator.close(), rm(folder, { recursive: true })]);
  redis.close();
}

main().catch((error: Error) => {
  console.error(error.message || String(error));
  process.exit(1);
});
