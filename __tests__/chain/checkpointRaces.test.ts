import type { GraphError } from "@microsoft/microsoft-graph-client";
import { AsyncLocalStorage } from "node:async_hooks";
import Keyv from "keyv";
import { createStorage } from "unstorage";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import {
  createAzureDevOpsClient,
  jobCheckpoints,
  withLargeAttachments,
  type CheckpointStore,
  type UploadError,
  type UploadOptions,
  type UploadSession,
} from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

const large = fileOf(1_000_000);
const huge = fileOf(4_500_000);
const small = fileOf(1_000);
const options = { threshold: 50_000, rangeSize: 200_000, delay: 1, retries: 2, timeout: 20_000 };

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterEach(() => (jest.restoreAllMocks(), emulator.verifyFaults()));
afterAll(() => emulator.close());

const worker = (more: UploadOptions = {}) => withLargeAttachments(clientOf(emulator), { ...options, ...more });
const kinds = () => emulator.requests.map(({ kind }) => kind);
const bytesSent = () => emulator.requests.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: UploadError & GraphError) => error,
  );
/** A store that takes its time, and keeps what it is given as JSON. */
function memory(none: null | undefined = null) {
  const rows = new Map<string, string>();
  const turn = async () => {
    mustLive();
    await new Promise((resolve) => setImmediate(resolve));
    mustLive();
  };
  const store: CheckpointStore = {
    load: async (key) => (await turn(), rows.has(key) ? (JSON.parse(rows.get(key)!) as UploadSession) : none),
    save: async (key, session) => (await turn(), void rows.set(key, JSON.stringify(session))),
    remove: async (key) => (await turn(), void rows.delete(key)),
  };
  return { rows, store };
}

/** One of several processes in this one. When it is dead, nothing leaves it any more: no request, and nothing to a store. */
interface Process {
  readonly dies: { readonly at: number; readonly when: "before" | "after" };
  requests: number;
  dead: boolean;
}
const processes = new AsyncLocalStorage<Process>();
function mustLive(): void {
  if (processes.getStore()?.dead) throw new Error("dead");
}
const realFetch = globalThis.fetch;
beforeAll(() => {
  globalThis.fetch = async (input, init) => {
    mustLive();
    const own = processes.getStore();
    if (!own) return realFetch(input, init);
    const dies = ++own.requests === own.dies.at;
    if (dies && own.dies.when === "before") own.dead = true;
    mustLive();
    const response = await realFetch(input, init);
    if (dies) own.dead = true;
    mustLive();
    return response;
  };
});
afterAll(() => void (globalThis.fetch = realFetch));

/** Runs `work` in a process that dies at its n-th request. Returns `false` if there are not so many. */
async function dying(at: number, when: "before" | "after", work: () => Promise<unknown>): Promise<boolean> {
  const own: Process = { dies: { at, when }, requests: 0, dead: false };
  await processes.run(own, () => failed(work()));
  return own.dead;
}

const places = {
  message: () => {
    const item = emulator.addMessage();
    return { path: item.path, hashes: () => emulator.attachments(item).map((one) => one.sha256) };
  },
  event: () => {
    const item = emulator.addEvent();
    return { path: item.path, hashes: () => emulator.attachments(item).map((one) => one.sha256) };
  },
  task: () => {
    const item = emulator.addTask();
    return { path: item.path, hashes: () => emulator.attachments(item).map((one) => one.sha256) };
  },
  drive: () => {
    const item = emulator.drive.newFile("a.bin");
    return { path: item.path, hashes: () => emulator.drive.files().map((one) => one.sha256) };
  },
};

describe.each(Object.keys(places) as (keyof typeof places)[])("checkpoints of an upload to a %s", (place) => {
  describe.each([
    ["a large file", large],
    ["a small file", small],
  ])("%s", (_, bytes) => {
    const attach = (path: string, checkpoints: CheckpointStore) =>
      worker()
        .api(path)
        .attach(new Blob([bytes]), { name: "a.bin", checkpoints });

    test.each(["before", "after"] as const)(
      "a process that dies %s any request leaves one attachment",
      async (when) => {
        let total = 0;
        for (let at = 1; ; at++) {
          emulator.reset();
          emulator.vary({ driveSecondSession: "accept" }); // who dies before it can store a session does not know it later
          const { path, hashes } = places[place]();
          const { store } = memory();
          if (!(await dying(at, when, () => attach(path, store)))) break;
          total = at;
          await attach(path, store);
          await attach(path, store);
          expect({ at, hashes: hashes() }).toEqual({ at, hashes: [sha256(bytes)] });
        }
        expect(total).toBeGreaterThan(1);
      },
    );

    test.each([null, undefined])(
      "two processes at the same time leave one attachment, with %s for no entry",
      async (none) => {
        emulator.vary({ conflicts: false, driveSecondSession: "accept" });
        const { path, hashes } = places[place]();
        const { store } = memory(none);
        const errors = await Promise.all([attach(path, store), attach(path, store), attach(path, store)].map(failed));
        const overtaken = /^(takenOver|uncertain)$/; // one that is overtaken during its last range cannot tell whether it was taken
        for (const error of errors) if (error && place !== "drive") expect(error.code).toMatch(overtaken);
        expect(errors.filter((error) => error === undefined).length).toBeGreaterThan(0);
        await attach(path, store);
        expect(hashes()).toEqual([sha256(bytes)]);
        emulator.vary({ conflicts: true, driveSecondSession: "refuse" });
      },
    );

    test("a job that is done twice answers the attachment, sends nothing again, and begins anew if it was deleted or forgotten", async () => {
      const { path, hashes } = places[place]();
      const checkpoints = jobCheckpoints(memory().store, "job 1");
      const first = await attach(path, checkpoints);
      const sent = bytesSent();
      expect(await attach(path, checkpoints)).toEqual(JSON.parse(JSON.stringify(first)));
      expect([bytesSent(), hashes()]).toEqual([sent, [sha256(bytes)]]);
      if (place === "drive") {
        await worker().api(`/me/drive/items/${first.id}`).delete();
      } else {
        await worker().api(`${path}/attachments/${first.id}`).delete();
      }
      expect(hashes()).toEqual([]);
      await attach(path, checkpoints);
      expect(hashes()).toEqual([sha256(bytes)]);
      await checkpoints.forget();
      if (place === "drive") return;
      await attach(path, checkpoints);
      expect(hashes()).toHaveLength(2);
    });
  });
});

describe.each([
  ["a large file", large],
  ["a small file", small],
])("stores that cannot replace an entry only if it is still the same: %s", (_, bytes) => {
  const attach = (path: string, checkpoints: CheckpointStore) =>
    worker()
      .api(path)
      .attach(new Blob([bytes]), { name: "a.bin", checkpoints });
  const hashes = (item: { id: string }) => emulator.attachments(item.id).map((one) => one.sha256);

  test("a process whose first entry is written only after another one is done leaves one attachment, which a third finds", async () => {
    const item = emulator.addMessage();
    const { store } = memory();
    let write = () => {};
    const held = new Promise<void>((resolve) => (write = resolve));
    let reached = false;
    const slow: CheckpointStore = {
      ...store,
      save: async (key, session) => ((reached = true), await held, store.save(key, session)),
    };
    const late = failed(attach(item.path, slow));
    while (!reached) await new Promise((resolve) => setTimeout(resolve, 1));
    await attach(item.path, store);
    write();
    const error = await late;
    if (error) expect(error.code).toBe("takenOver");
    expect(hashes(item)).toEqual([sha256(bytes)]);
    await attach(item.path, store);
    expect(hashes(item)).toEqual([sha256(bytes)]);
  });

  test("three processes that wait at random for the store leave one attachment", async () => {
    for (let seed = 1; seed <= 20; seed++) {
      emulator.reset();
      const item = emulator.addMessage();
      const { store } = memory();
      let state = seed;
      const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
      const pause = () => new Promise((resolve) => setTimeout(resolve, random() < 0.5 ? 0 : random() * 20));
      const slow: CheckpointStore = {
        load: async (key) => {
          await pause();
          const session = await store.load(key);
          await pause();
          return session;
        },
        save: async (key, session) => (await pause(), await store.save(key, session), pause()),
        remove: async (key) => (await pause(), await store.remove(key), pause()),
      };
      const errors = await Promise.all([1, 2, 3].map(async () => (await pause(), failed(attach(item.path, slow)))));
      for (const error of errors) if (error) expect(error.code).toMatch(/^(takenOver|uncertain)$/);
      await attach(item.path, slow);
      expect({ seed, hashes: hashes(item) }).toEqual({ seed, hashes: [sha256(bytes)] });
    }
  }, 60_000);
});

test("the same file in two jobs at the same time is attached twice", async () => {
  const item = emulator.addMessage();
  const { store } = memory();
  const attach = (job: string) =>
    worker()
      .api(item.path)
      .attach(new Blob([small]), { name: "a", checkpoints: jobCheckpoints(store, job) });
  await Promise.all([attach("1"), attach("2")]);
  expect(emulator.attachments(item)).toHaveLength(2);
});

test("a result whose session would have expired is not believed", async () => {
  const item = emulator.addMessage();
  const { rows, store } = memory();
  await worker().api(item.path).attach(small, { name: "a", checkpoints: store });
  const [[key, text]] = [...rows] as [[string, string]];
  rows.set(key, JSON.stringify({ ...JSON.parse(text), expires: "2020-01-01T00:00:00Z" }));
  await worker().api(item.path).attach(small, { name: "a", checkpoints: store });
  expect(emulator.attachments(item)).toHaveLength(2);
});

test("the same file in two jobs is attached twice", async () => {
  const item = emulator.addMessage();
  const { store } = memory();
  for (const job of ["1", "2", "1", "2"]) {
    await worker()
      .api(item.path)
      .attach(large, { name: "a", checkpoints: jobCheckpoints(store, job) });
  }
  expect(emulator.attachments(item)).toHaveLength(2);
});

test("the process that was taken over stops, also if it slept for a while, and does not discard what the other one has", async () => {
  const item = emulator.addMessage();
  const { store } = memory();
  let wake = () => {};
  const asleep = new Promise<void>((resolve) => (wake = resolve));
  let saves = 0;
  const sleepy: CheckpointStore = {
    ...store,
    save: async (key, session) => (await (++saves === 3 && asleep), store.save(key, session)),
  };
  const first = failed(
    worker()
      .api(item.path)
      .attach(large, { name: "a", checkpoints: { ...sleepy } }),
  );
  while (saves < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  await worker().api(item.path).attach(large, { name: "a", checkpoints: store });
  wake();
  const error = await first;
  if (error) expect(error).toMatchObject({ code: "takenOver", message: /Another process has taken this upload over/ });
  expect(emulator.attachments(item).map((one) => one.sha256)).toEqual([sha256(large)]);
});

test("an entry without an owner, as earlier versions have stored it, is resumed", async () => {
  const item = emulator.addMessage();
  const { rows, store } = memory();
  emulator.fault({ on: { kind: "range", range: "last" }, status: 503, times: 3 });
  const attach = () => worker().api(item.path).attach(large, { name: "a", checkpoints: store });
  expect(await failed(attach())).toMatchObject({ code: "interrupted" });
  const [[key, text]] = [...rows] as [[string, string]];
  const { owner, ...old } = JSON.parse(text) as UploadSession;
  expect(owner).toEqual(expect.any(String));
  rows.set(key, JSON.stringify(old));
  const sent = bytesSent();
  await attach();
  expect(bytesSent() - sent).toBeLessThan(large.length / 2);
  expect(emulator.attachments(item)).toHaveLength(1);
});

describe("checkpoints of a composed message", () => {
  const to = [{ emailAddress: { address: "a@example.com" } }];
  const files = () => [
    { file: new Blob([large]), name: "big.bin" },
    { file: new Blob([small]), name: "small.txt" },
  ];
  const send = (checkpoints: CheckpointStore, more: UploadOptions = {}) =>
    worker()
      .api("/me/sendMail")
      .withAttachments(files(), { checkpoints, ...more })
      .post({ message: { subject: "s", toRecipients: to } });
  const sent = () => emulator.mailbox.outbox().map((mail) => mail.attachments.map((one) => one.sha256).sort());
  const both = [sha256(large), sha256(small)].sort();

  test.each([{}, { once: "job" }])("go on in the middle of a file of the draft that is there: %j", async (more) => {
    const { store } = memory();
    emulator.fault({ on: { kind: "range", range: "last" }, status: 503, times: 3 });
    expect(await failed(send(store, more))).toMatchObject({ code: "interrupted" });
    const before = bytesSent();
    await send(store, more);
    expect(bytesSent() - before).toBeLessThan(large.length / 2);
    await send(store, more);
    expect(sent()).toEqual([both]);
    expect(emulator.mailbox.drafts()).toEqual([]);
  });

  test("send one mail if three processes begin at the same moment, with a store that takes its time", async () => {
    for (let seed = 1; seed <= 12; seed++) {
      emulator.reset();
      const { store } = memory();
      let state = seed;
      const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
      const pause = () => new Promise((resolve) => setTimeout(resolve, random() * 20));
      const slow: CheckpointStore = {
        ...store,
        load: async (key) => (await pause(), store.load(key)),
        save: async (key, session) => (await pause(), store.save(key, session)),
      };
      const errors = await Promise.all([1, 2, 3].map(() => failed(send(slow))));
      for (const error of errors) if (error) expect(error.code).toMatch(/^(takenOver|uncertain|interrupted)$/);
      await send(slow);
      expect({ seed, sent: sent(), drafts: emulator.mailbox.drafts() }).toEqual({ seed, sent: [both], drafts: [] });
    }
  }, 60_000);

  test("send the mail of another job, and the forgotten one, again", async () => {
    const { store } = memory();
    const one = jobCheckpoints(store, "1");
    await send(one);
    await send(jobCheckpoints(store, "2"));
    await send(one);
    expect(sent()).toEqual([both, both]);
    await one.forget();
    await send(one);
    expect(sent()).toEqual([both, both, both]);
  });

  test("are refused with a stream, and for messages to Teams", async () => {
    const { store } = memory();
    const stream = worker()
      .api("/me/sendMail")
      .withAttachments([{ file: new Blob([huge]).stream(), name: "a", size: huge.length }], { checkpoints: store })
      .post({ message: { toRecipients: to } });
    expect(await failed(stream)).toMatchObject({ code: "invalid", message: /checkpoints need a file/ });
    const chat = worker()
      .api(`${emulator.teams.addChat().path}/messages`)
      .withAttachments(files(), { checkpoints: store })
      .post({ body: { content: "c" } });
    expect(await failed(chat)).toMatchObject({ code: "unsupported", message: /take no checkpoints/ });
    expect(kinds()).toEqual([]);
  });
});

describe("Azure DevOps", () => {
  test.each([
    ["large", large],
    ["small", small],
  ])("a work item gets one link to a %s file, whichever request its process dies at", async (_, bytes) => {
    const { organizationUrl, personalAccessToken } = emulator.azureDevOps;
    for (let at = 1; ; at++) {
      emulator.reset();
      const { store } = memory();
      const { id, path } = emulator.azureDevOps.addWorkItem();
      const attach = () =>
        createAzureDevOpsClient({ organizationUrl, personalAccessToken, ...options })
          .api(path)
          .attach(new Blob([bytes]), { name: "a.bin", checkpoints: store });
      if (!(await dying(at, "after", attach))) break;
      const first = await attach();
      expect(await attach()).toMatchObject({ id: first.id });
      expect(emulator.azureDevOps.workItem(id).relations).toHaveLength(1);
      expect(at).toBeLessThan(30);
    }
  });
});

describe.each<[string, () => CheckpointStore]>([
  [
    "unstorage",
    () => {
      const storage = createStorage<UploadSession>();
      return {
        load: (key) => storage.getItem(key),
        save: (key, session) => storage.setItem(key, session),
        remove: (key) => storage.removeItem(key),
      };
    },
  ],
  [
    "Keyv",
    () => {
      const keyv = new Keyv<UploadSession>({ ttl: 86_400_000 });
      return {
        load: (key) => keyv.get(key),
        save: (key, session) => keyv.set(key, session),
        remove: (key) => keyv.delete(key),
      };
    },
  ],
])("%s as a store, in three lines", (_, make) => {
  test("resumes, answers the attachment, and forgets", async () => {
    const item = emulator.addMessage();
    const checkpoints = jobCheckpoints(make(), "job");
    const attach = () => worker().api(item.path).attach(large, { name: "a", checkpoints });
    emulator.fault({ on: { kind: "range", range: "last" }, status: 503, times: 3 });
    expect(await failed(attach())).toMatchObject({ code: "interrupted" });
    const sent = bytesSent();
    const first = await attach();
    expect(bytesSent() - sent).toBeLessThan(large.length / 2);
    expect(await attach()).toEqual(first);
    await checkpoints.forget();
    await attach();
    expect(emulator.attachments(item)).toHaveLength(2);
  });
});
