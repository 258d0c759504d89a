import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { messageOf, Processes } from "./support/processes";
import { startRedis, type RedisServer } from "./support/redis";

const FILES = Number(process.env.WORKER_FILES ?? 100);

let emulator: Emulator;
let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
  emulator = await startEmulator({ vary: { mailboxRequests: Infinity, mailboxUploadBytes: Infinity } });
});
afterAll(async () => {
  await emulator.close();
  await redis.close();
});

/** The outcome of files that so many processes attach to the messages of one mailbox. */
interface Round {
  readonly errors: readonly string[];
  readonly attached: number;
  readonly throttled: number;
  readonly seconds: number;
}

async function round(count: number, env: Record<string, string> = {}): Promise<Round> {
  emulator.reset();
  emulator.fault({ times: Infinity, delay: 60 }); // a round trip
  const processes = new Processes(emulator);
  try {
    const workers = Array.from({ length: count }, () => processes.start("attachWorker.ts", env));
    await Promise.all(workers.map(messageOf));
    const drafts = Array.from({ length: 4 * FILES }, () => emulator.addMessage());
    // some by /me, and some by the name of the user
    const paths = drafts.map(({ path }, at) => (at % 2 ? path : path.replace("/me/", "/users/megan@contoso.example/")));
    const began = performance.now();
    const told = workers.map((worker, index) => {
      worker.send(paths.filter((_, at) => at % count === index));
      return messageOf<string[]>(worker);
    });
    const errors = (await Promise.all(told)).flat();
    return {
      errors,
      attached: drafts.filter(({ id }) => emulator.attachments(id).length === 1).length,
      throttled: emulator.requests.filter(({ status }) => status === 429).length,
      seconds: (performance.now() - began) / 1_000,
    };
  } finally {
    await processes.close();
  }
}

test("4 processes on one mailbox lose no file, and with a shared limiter they are never throttled", async () => {
  const ideal = await round(1);
  expect(ideal).toMatchObject({ errors: [], attached: 4 * FILES, throttled: 0 });
  const limited = await round(4, { REDIS_URL: redis.url });
  expect(limited).toMatchObject({ errors: [], attached: 4 * FILES, throttled: 0 });
  const alone = await round(4);
  expect(alone).toMatchObject({ errors: [], attached: 4 * FILES });
  expect(alone.throttled).toBeGreaterThan(0);
  const toIdeal = { limited: limited.seconds / ideal.seconds, alone: alone.seconds / ideal.seconds };
  if (process.env.WORKER_FIGURES) process.stderr.write(`${JSON.stringify({ ideal, limited, alone, toIdeal })}\n`);
}, 600_000);
