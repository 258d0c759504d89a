import { Queue } from "bullmq";
import { setTimeout as sleep } from "node:timers/promises";
import { startEmulator } from "../../src/emulator/index.js";
import { Processes } from "./support/processes";
import { startRedis } from "./support/redis";

const MAILS = Number(process.env.WORKER_MAILS ?? 200);
const SECONDS = Number(process.env.WORKER_SECONDS ?? 120);
/** Bytes of the large file of each mail, which goes by ranges. */
const LARGE = 500_000;

test("a queue sends each mail once, and hardly a byte twice, while a worker is killed every five seconds", async () => {
  const redis = await startRedis();
  let later = 0;
  const emulator = await startEmulator({
    now: () => Date.now() + later,
    vary: { mailboxRequests: Infinity, mailboxUploadBytes: Infinity },
  });
  const processes = new Processes(emulator);
  const name = "mails";
  const queue = new Queue(name, { connection: { url: redis.url } });
  try {
    // so slow that there is work until the last kill: each mail is some twenty requests, four at the same time
    const delay = Math.round((SECONDS * 1_000 * 4) / (MAILS * 20));
    emulator.fault({ times: Infinity, delay });
    const jobs = Array.from({ length: MAILS }, (_, index) => ({
      name: "mail",
      data: { subject: `Mail ${index}` },
      opts: { jobId: `mail-${index}`, attempts: 50, backoff: { type: "fixed", delay: 2_000 } },
    }));
    await queue.addBulk(jobs);
    const errors: unknown[] = [];
    const start = () =>
      processes.start("mailWorker.ts", { REDIS_URL: redis.url, PREFIX: name }).on("message", (one) => errors.push(one));
    const workers = Array.from({ length: 4 }, start);
    let kills = 0;
    const ends = performance.now() + 5 * SECONDS * 1_000;
    for (let next = performance.now() + 5_000; performance.now() < ends; await sleep(200)) {
      const { completed = 0, failed = 0, active, waiting } = await queue.getJobCounts();
      if (completed + failed >= MAILS) break;
      const killing = kills * 5 < SECONDS;
      // a mail whose worker died while it was sent is uncertain for ten minutes by the clock of the service
      if (!killing && active === 0 && waiting === 0) later = 601_000;
      if (performance.now() < next || !killing) continue;
      next += 5_000;
      workers[kills % 4]!.kill("SIGKILL");
      workers[kills++ % 4] = start();
    }
    const sent = emulator.mailbox.outbox();
    const bytes = emulator.requests.reduce((sum, { kind, bodyBytes }) => sum + (kind === "range" ? bodyBytes : 0), 0);
    const figures = {
      kills,
      mails: new Set(sent.map(({ subject }) => subject)).size,
      twice: sent.length - new Set(sent.map(({ subject }) => subject)).size,
      incomplete: sent.filter(({ attachments }) => attachments.length !== 2).length,
      drafts: emulator.mailbox.drafts().length,
      throttled: emulator.requests.filter(({ status }) => status === 429).length,
      toIdealBytes: bytes / (MAILS * LARGE),
    };
    if (process.env.WORKER_FIGURES) process.stderr.write(`${JSON.stringify({ ...figures, errors })}\n`);
    expect(figures).toMatchObject({ mails: MAILS, twice: 0, incomplete: 0, drafts: 0, throttled: 0 });
    expect(kills).toBeGreaterThan(0);
    expect(figures.toIdealBytes).toBeLessThan(1.05);
  } finally {
    await processes.close();
    await queue.close();
    await emulator.close();
    await redis.close();
  }
}, 900_000);
