/** Uploads that go on where others begin again, with the real Graph client against the emulator. */
import { GraphError } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator, type RequestLogEntry } from "../../src/emulator/index.js";
import type { RequestKind } from "../../src/emulator/api.js";
import { defaultVariations } from "../../src/emulator/variations.js";
import {
  LargeAttachmentTask,
  withLargeAttachments,
  type AttachOptions,
  type CheckpointStore,
  type UploadSession,
} from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

const unit = 327_680;
const file = fileOf(5 * unit + 77);
const options = { threshold: 9_999, rangeSize: unit, delay: 1, retries: 3 };
const path = "/me/drive/root:/Reports/a.bin:";

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => (emulator.reset(), emulator.vary(defaultVariations)));
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

const client = () => withLargeAttachments(clientOf(emulator), options);
const attach = (more: AttachOptions = {}, to = path) =>
  client()
    .api(to)
    .attach(file, { name: "a.bin", ...more });
const sent = (kind: RequestKind): RequestLogEntry[] => emulator.requests.filter((entry) => entry.kind === kind);
const bytesSent = () => sent("range").reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
const files = () => emulator.drive.files().map(({ filePath, sha256 }) => [filePath, sha256]);
const whole = [["/Reports/a.bin", sha256(file)]];
const items = () => ({
  drive: path,
  message: emulator.addMessage().path,
  task: emulator.addTask().path,
  print: emulator.print.addDocument().path,
});

describe("a range that is refused while its session lives", () => {
  describe.each([400, 401, 403, 404, 409, 412] as const)("with %d", (status) => {
    test.each(["drive", "message", "task", "print"] as const)("is sent again, and nothing else: %s", async (which) => {
      const to = items()[which];
      emulator.fault({
        on: { kind: "range", range: 2 },
        status,
        body: { error: { code: "accessDenied", message: "" } },
      });
      await attach({}, to);
      expect(sent("create")).toHaveLength(1);
      expect(sent("cancel")).toEqual([]);
      expect(bytesSent()).toBe(file.length + unit);
    });

    test("is no matter, even if one in four is", async () => {
      emulator.vary({ driveRefusedEvery: 4, driveRefusal: status });
      await attach();
      expect([sent("create").length, bytesSent()]).toEqual([1, file.length + unit]);
      expect(files()).toEqual(whole);
    });

    test("does not end a stream", async () => {
      emulator.vary({ driveRefusedEvery: 4, driveRefusal: status });
      await client()
        .api(path)
        .attach(new Blob([file]).stream(), { size: file.length });
      expect(files()).toEqual(whole);
    });
  });

  test("for good is reported in the host's own words, without the advice to ask Graph for a permission", async () => {
    emulator.fault({
      on: { kind: "range" },
      status: 403,
      times: 99,
      body: { error: { code: "accessDenied", message: "Access denied." } },
    });
    const error = await attach().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GraphError);
    expect(error).toMatchObject({ statusCode: 403, message: "Access denied." });
    expect(sent("create").length).toBeLessThanOrEqual(2);
    emulator.reset();
  });
});

test("a session that is lost again and again is replaced, as long as each one has taken something", async () => {
  emulator.fault({ on: { kind: "range", range: 1 }, gone: true, times: 7 });
  await attach();
  expect(sent("create")).toHaveLength(8);
  expect(files()).toEqual(whole);
});

describe("a session that refuses the very offset that it names", () => {
  test("is replaced after the second refusal", async () => {
    emulator.vary({ drivePoisoned: 1 });
    await attach();
    expect(sent("create")).toHaveLength(2);
    expect(sent("range")).toHaveLength(3 + 6);
    expect(files()).toEqual(whole);
  });

  test("is replaced even if nothing may be tried again", async () => {
    emulator.vary({ drivePoisoned: 1 });
    await attach({ retries: 0 });
    expect(files()).toEqual(whole);
  });

  test("does not wait for a later run in a checkpoint", async () => {
    const stored = new Map<string, UploadSession>();
    const checkpoints: CheckpointStore = {
      load: async (key) => stored.get(key),
      save: async (key, session) => void stored.set(key, session),
      remove: async (key) => void stored.delete(key),
    };
    emulator.vary({ drivePoisoned: 1 });
    emulator.fault({ on: { kind: "range", range: "first" }, status: 200, after: true });
    emulator.fault({ on: { kind: "status" }, hang: true });
    await expect(attach({ checkpoints, timeout: 300, retries: 0 })).rejects.toMatchObject({ code: "interrupted" });
    expect(stored.size).toBe(1);
    await attach({ checkpoints });
    expect([files(), [...stored.values()].every(({ done }) => done)]).toEqual([whole, true]);
    expect(sent("create")).toHaveLength(2);
  });

  test("leaves no checkpoint behind if no other can be opened", async () => {
    const stored = new Map<string, UploadSession>();
    const checkpoints: CheckpointStore = {
      load: async (key) => stored.get(key),
      save: async (key, session) => void stored.set(key, session),
      remove: async (key) => void stored.delete(key),
    };
    emulator.vary({ drivePoisoned: 1 });
    emulator.fault({ on: { kind: "range", range: 1 }, reply: (reply) => reply });
    emulator.fault({ on: { kind: "range", range: 1 }, reply: (reply) => (failCreates(), reply) });
    await expect(attach({ checkpoints })).rejects.toMatchObject({ code: "interrupted" });
    expect(stored.size).toBe(0);
    emulator.reset();
  });

  const failCreates = () => emulator.fault({ on: { kind: "create" }, status: 503, times: 99 });
});

describe("a name that a discarded session still has for a moment", () => {
  const about = ["fail", "replace", "rename"] as const;
  test.each(about)("is waited for when the session was replaced: %s", async (conflictBehavior) => {
    emulator.vary({ driveNameHeld: 3 });
    emulator.fault({ on: { kind: "range", range: 1 }, gone: true });
    await attach({ conflictBehavior });
    expect(files()).toEqual(whole);
  });

  test.each(about)("is waited for when a task was cancelled: %s", async (conflictBehavior) => {
    emulator.vary({ driveNameHeld: 3 });
    const task = await LargeAttachmentTask.create(clientOf(emulator), path, file, options);
    await task.cancel();
    await attach({ conflictBehavior });
    expect(files()).toEqual(whole);
  });

  test.each(about)("is waited for when an upload was stopped: %s", async (conflictBehavior) => {
    emulator.vary({ driveNameHeld: 3 });
    const stop = new AbortController();
    const onProgress = () => stop.abort();
    await expect(attach({ signal: stop.signal, onProgress })).rejects.toThrow();
    await attach({ conflictBehavior });
    expect(files()).toEqual(whole);
  });

  test.each(about)(
    "is reported if another session has it, with advice that can be followed: %s",
    async (conflictBehavior) => {
      const other = "/me/drive/root:/Reports/b.bin:";
      await LargeAttachmentTask.create(clientOf(emulator), other, file, options);
      const error = await attach({ conflictBehavior, name: undefined }, other).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ statusCode: 409, code: "nameAlreadyExists" });
      expect((error as Error).message).toMatch(/already exists.*Resume or cancel that upload.*expires\.$/);
      expect((error as Error).message).not.toContain("conflictBehavior");
      expect(sent("create")).toHaveLength(2);
    },
  );

  test("who gave replace is not told to give it", async () => {
    const body = { error: { code: "nameAlreadyExists", message: "The specified item name already exists." } };
    emulator.fault({ on: { kind: "create" }, status: 409, body });
    const given = { conflictBehavior: "replace", name: undefined } as const;
    const error = await attach(given, "/me/drive/root:/Reports/c.bin:").catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      statusCode: 409,
      message: expect.stringContaining("A folder or an unfinished upload"),
    });
  });
});

describe("the list of attachments", () => {
  test.each(["drive", "message", "task", "print"] as const)("does not delay the first range: %s", async (which) => {
    const to = items()[which];
    emulator.fault({ on: { kind: which === "drive" || which === "print" ? "read" : "list" }, delay: 1_000 });
    const begin = performance.now();
    let first = 0;
    await attach({ onAttempt: () => void (first ||= performance.now() - begin) }, to);
    expect(first).toBeLessThan(900);
  });

  test("is asked for after the session, so that nobody signs in twice at the same time", async () => {
    let [now, most] = [0, 0];
    const authProvider = (done: (error: unknown, token: string) => void) => {
      most = Math.max(most, ++now);
      setTimeout(() => (now--, done(null, emulator.token)), 30);
    };
    const { Client } = await import("@microsoft/microsoft-graph-client");
    const signing = withLargeAttachments(Client.init({ ...emulator.clientOptions, authProvider }), options);
    await signing.api(emulator.addMessage().path).attach(file, { name: "a.bin" });
    await signing.api(path).attach(file);
    expect(most).toBe(1);
  });

  test("of a folder of thousands is not read for a file that will be renamed, nor kept in its session", async () => {
    for (let count = 0; count < 3_000; count++) emulator.drive.addFile(`/Reports/other ${count}.bin`, fileOf(1));
    const task = await LargeAttachmentTask.create(clientOf(emulator), path, file, {
      ...options,
      conflictBehavior: "rename",
    });
    expect(sent("list")).toHaveLength(1); // its first page
    expect(JSON.stringify(task.session).length).toBeLessThan(4_000);
    await task.upload();
    expect(emulator.drive.file("/Reports/a.bin").sha256).toBe(sha256(file));
  });

  test("finds a renamed file whose last reply was lost", async () => {
    emulator.drive.addFile("/Reports/a.bin", fileOf(10));
    emulator.drive.addFile("/Reports/a 1.bin", file);
    emulator.fault({ on: { kind: "range", range: "last" }, reset: "after" });
    expect(await attach({ conflictBehavior: "rename" })).toMatchObject({ name: "a 2.bin" });
    expect(files()).toHaveLength(3);
  });
});
