/** The stores that docs/guides/once.md shows, on a real Redis and a real PostgreSQL. */
import KeyvRedis from "@keyv/redis";
import { Redis } from "ioredis";
import Keyv from "keyv";
import pg from "pg";
import { createStorage } from "unstorage";
import redisDriver from "unstorage/drivers/redis";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { jobCheckpoints, withLargeAttachments, type CheckpointStore, type UploadSession } from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";
import { startPostgres, startRedis, type Server } from "./support/servers.js";

const file = fileOf(1_000_000);
let emulator: Emulator;
let redis: Server;
let postgres: Server;
beforeAll(async () => {
  [emulator, redis, postgres] = await Promise.all([startEmulator(), startRedis(), startPostgres()]);
});
beforeEach(() => emulator.reset());
afterAll(() => Promise.all([emulator.close(), redis.stop(), postgres.stop()]));

interface Opened {
  readonly store: CheckpointStore;
  close(): unknown;
}

const stores: [string, () => Promise<Opened>][] = [
  [
    "Redis, by ioredis",
    async () => {
      const client = new Redis(redis.port);
      const store: CheckpointStore = {
        load: async (key) => JSON.parse((await client.get(key)) ?? "null"),
        save: (key, session) => client.set(key, JSON.stringify(session), "EX", 86_400),
        remove: (key) => client.del(key),
      };
      return { store, close: () => client.quit() };
    },
  ],
  [
    "PostgreSQL, by pg",
    async () => {
      const pool = new pg.Pool({ host: "127.0.0.1", port: postgres.port, user: "postgres", database: "postgres" });
      await pool.query("CREATE TABLE IF NOT EXISTS uploads (key text PRIMARY KEY, session jsonb)");
      const upsert = "INSERT INTO uploads VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET session = $2";
      const store: CheckpointStore = {
        load: async (key) => (await pool.query("SELECT session FROM uploads WHERE key = $1", [key])).rows[0]?.session,
        save: (key, session) => pool.query(upsert, [key, session]),
        remove: (key) => pool.query("DELETE FROM uploads WHERE key = $1", [key]),
      };
      return { store, close: () => pool.end() };
    },
  ],
  [
    "Keyv on Redis",
    async () => {
      const keyv = new Keyv<UploadSession>({
        store: new KeyvRedis(`redis://127.0.0.1:${redis.port}`),
        ttl: 86_400_000,
      });
      const store: CheckpointStore = {
        load: (key) => keyv.get(key),
        save: (key, session) => keyv.set(key, session),
        remove: (key) => keyv.delete(key),
      };
      return { store, close: () => keyv.disconnect() };
    },
  ],
  [
    "unstorage on Redis",
    async () => {
      const driver = redisDriver({ base: "uploads", host: "127.0.0.1", port: redis.port, ttl: 86_400 });
      const storage = createStorage<UploadSession>({ driver });
      const store: CheckpointStore = {
        load: (key) => storage.getItem(key),
        save: (key, session) => storage.setItem(key, session),
        remove: (key) => storage.removeItem(key),
      };
      return { store, close: () => storage.dispose() };
    },
  ],
];

describe.each(stores)("%s", (_, open) => {
  test("lets another process resume, answers the attachment to a job that is done twice, and forgets", async () => {
    const [one, other] = [await open(), await open()];
    const item = emulator.addMessage();
    const client = withLargeAttachments(clientOf(emulator), { threshold: 1, rangeSize: 100_000, delay: 1, retries: 2 });
    const attach = (checkpoints: CheckpointStore) =>
      client.api(item.path).attach(new Blob([file]), { name: "a", checkpoints });
    const ranges = () => emulator.requests.filter(({ kind }) => kind === "range").length;
    emulator.fault({ on: { kind: "range", range: "last" }, status: 503, times: 3 });
    await expect(attach(jobCheckpoints(one.store, "job"))).rejects.toMatchObject({ code: "interrupted" });
    const before = ranges();
    const checkpoints = jobCheckpoints(other.store, "job");
    const first = await attach(checkpoints);
    expect(ranges() - before).toBe(1);
    expect(await attach(jobCheckpoints(one.store, "job"))).toMatchObject({ id: first.id });
    expect(emulator.attachments(item).map((each) => each.sha256)).toEqual([sha256(file)]);
    await checkpoints.forget();
    await attach(checkpoints);
    expect(emulator.attachments(item)).toHaveLength(2);
    await one.close();
    await other.close();
  });

  test("of two processes at the same time leaves one attachment", async () => {
    const opened = await Promise.all([open(), open(), open()]);
    const item = emulator.addMessage();
    emulator.vary({ conflicts: false });
    const work = opened.map(({ store }) =>
      withLargeAttachments(clientOf(emulator), { threshold: 1, rangeSize: 100_000, delay: 1 })
        .api(item.path)
        .attach(new Blob([file]), { name: "a", checkpoints: store }),
    );
    const ends = await Promise.allSettled(work);
    for (const end of ends) if (end.status === "rejected") expect(end.reason).toMatchObject({ code: "takenOver" });
    expect(ends.some(({ status }) => status === "fulfilled")).toBe(true);
    expect(emulator.attachments(item).map((each) => each.sha256)).toEqual([sha256(file)]);
    emulator.vary({ conflicts: true });
    for (const { close } of opened) await close();
  });
});
