import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import {
  LargeAttachmentTask,
  withLargeAttachments,
  type CheckpointStore,
  type UploadSession,
} from "../../src/index.js";
import { collectGarbage } from "../support/garbage.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";
import { thrownBy } from "../support/fakes";

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterAll(() => emulator.close());

const bytes = fileOf(1_000_000);
const to = [{ emailAddress: { address: "a@example.com" } }];
const options = { name: "a.bin", threshold: 1_000, rangeSize: 100_000, delay: 1 };
const clientFor = () => withLargeAttachments(clientOf(emulator), { delay: 1, retries: 1 });
const held = (id: string) => emulator.attachments(id).map((one) => one.sha256);
const create = (path: string, more: object = {}) =>
  LargeAttachmentTask.create(clientFor(), path, bytes, { ...options, ...more });

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

function store() {
  const rows = new Map<string, UploadSession>();
  const checkpoints: CheckpointStore = {
    load: (key) => rows.get(key),
    save: (key, session) => void rows.set(key, session),
    remove: (key) => void rows.delete(key),
  };
  return { rows, checkpoints };
}

describe("cancel()", () => {
  test("says that the file is attached if the last range has completed it, although its reply was lost", async () => {
    const { id, path } = emulator.addMessage();
    const task = await create(path);
    emulator.fault({ on: { kind: "range", range: "last" }, hang: "after" });
    const uploading = thrownBy(task.upload());
    await until(() => held(id).length > 0);
    await expect(task.cancel()).rejects.toMatchObject({ code: "invalid", message: /already attached/ });
    expect(await uploading).toMatchObject({ code: "cancelled" });
    expect(await task.getStatus()).toMatchObject({ offset: bytes.length });
    await expect(task.cancel()).rejects.toMatchObject({ code: "invalid" });
  });

  test("removes the checkpoint that create was given", async () => {
    const { rows, checkpoints } = store();
    const { path } = emulator.addMessage();
    const stop = new AbortController();
    const task = await create(path, { checkpoints });
    await thrownBy(task.upload({ signal: stop.signal, onProgress: () => stop.abort() }));
    expect(rows.size).toBe(1);
    await task.cancel();
    expect(rows.size).toBe(0);
  });
});

test("the checkpoint that create was given is removed when the file is attached", async () => {
  const { rows, checkpoints } = store();
  const { id, path } = emulator.addMessage();
  await (await create(path, { checkpoints })).upload();
  expect(held(id)).toEqual([sha256(bytes)]);
  expect(rows.size).toBe(0);
});

test("getStatus() answers after an abort of the signal that create was given", async () => {
  const { path } = emulator.addMessage();
  const stop = new AbortController();
  const task = await create(path, { signal: stop.signal });
  await thrownBy(task.upload({ onProgress: ({ loaded }) => loaded >= 300_000 && stop.abort() }));
  expect(await task.getStatus()).toMatchObject({ offset: expect.any(Number) });
  expect((await task.getStatus()).offset).toBeGreaterThanOrEqual(300_000);
  await task.cancel();
  expect(emulator.sessions.at(-1)).toMatchObject({ state: "deleted" });
});

test("resume() right after abort() begins a new run", async () => {
  const { id, path } = emulator.addMessage();
  const stop = new AbortController();
  const task = await create(path);
  emulator.fault({ on: { kind: "range", range: 3 }, hang: true });
  const first = thrownBy(task.upload({ signal: stop.signal }));
  await until(() => emulator.unusedFaults().length === 0);
  stop.abort();
  const again = task.resume();
  expect(await first).toMatchObject({ name: "AbortError" });
  await expect(again).resolves.toMatchObject({ name: "a.bin" });
  expect(held(id)).toEqual([sha256(bytes)]);
  stop.abort();
  await expect(task.upload()).resolves.toMatchObject({ name: "a.bin" });
});

test("overflow that was interrupted says what can go on", async () => {
  const { path } = emulator.addMessage();
  const { checkpoints } = store();
  const overflow = { ...options, overflow: "link" as const, maxSize: 500_000, rangeSize: 327_680 };
  const fail = () => emulator.fault({ on: { kind: "range", range: 1 }, reset: "before", times: 2 });
  fail();
  const alone = (await thrownBy(clientFor().api(path).attach(bytes, overflow))) as Error;
  expect(alone).toMatchObject({ code: "interrupted", message: /a\.bin.*restore\(.*\) resumes .* attaches no link/ });
  await expect(LargeAttachmentTask.restore(clientFor(), (alone as never)["session"], bytes)).resolves.toBeDefined();
  emulator.reset();
  const item = emulator.addMessage();
  fail();
  const stored = await thrownBy(
    clientFor()
      .api(item.path)
      .attach(bytes, { ...overflow, checkpoints }),
  );
  expect(stored).toMatchObject({ code: "interrupted", message: /same checkpoints again/ });
  const made = await clientFor()
    .api(item.path)
    .attach(bytes, { ...overflow, checkpoints });
  expect(made).toMatchObject({ sourceUrl: expect.any(String) });
  expect(emulator.drive.files().map((file) => file.sha256)).toEqual([sha256(bytes)]);
});

describe("callbacks that throw, or reject", () => {
  const broken: Record<string, () => never> = {
    throw: () => {
      throw new Error("of the page");
    },
    reject: (() => Promise.reject(new Error("of the page"))) as never,
  };
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  beforeAll(() => void process.on("unhandledRejection", note));
  afterAll(() => void process.off("unhandledRejection", note));

  test.each(Object.entries(broken))("%s: everything is attached, sent and posted all the same", async (_, call) => {
    const callbacks = { onProgress: call, onAttempt: call };
    const client = clientFor();
    const { id, path } = emulator.addMessage();
    await client.api(path).attach(bytes, { ...options, ...callbacks });
    await client.api(path).attach(bytes, { name: "b.bin", ...callbacks });
    await (await create(path, callbacks)).upload({ onProgress: call });
    expect(held(id)).toHaveLength(3);
    for (const threshold of [1_000, 3_000_000]) {
      const files = [{ file: bytes, name: "a.bin" }];
      const message = { subject: "s", toRecipients: to };
      await client
        .api("/me/sendMail")
        .withAttachments(files, { threshold, ...callbacks })
        .post({ message });
    }
    expect(emulator.mailbox.outbox()).toHaveLength(2);
    expect(emulator.mailbox.drafts()).toHaveLength(1);
    await new Promise(setImmediate);
    expect(unhandled).toEqual([]);
  });
});

// An application that keeps its tasks, to show them in a list, would otherwise keep a range of each file.
test("a task that has ended holds nothing of its file", async () => {
  let read = 0;
  let collected = 0;
  const registry = new FinalizationRegistry(() => collected++);
  const slice = (start: number, end: number) =>
    Object.assign(new Blob(), {
      arrayBuffer: async () => {
        const { buffer } = Buffer.alloc(end - start, "a");
        registry.register(buffer, read++);
        return buffer;
      },
    });
  const { path } = emulator.addMessage();
  const file = Object.assign(new Blob([bytes]), { slice }); // of other sources, some memory is kept for the next file
  const task = await LargeAttachmentTask.create(clientFor(), path, file, options);
  await task.upload();
  for (let turn = 0; turn < 50 && collected < read; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    collectGarbage();
  }
  expect([read > 9, read - collected]).toEqual([true, 0]);
  expect(task.session.offset).toBe(1_000_000); // it is still in use
});
