import { Readable } from "node:stream";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { LargeAttachmentTask, UploadError, withLargeAttachments, type UploadSession } from "../../src/index.js";
import { fileOf, sha256 } from "../support/graph.js";
import { disputed, take } from "../support/subjects.js";

const name = "a.bin";

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
afterAll(() => emulator.close());
beforeEach(() => emulator.reset());
afterEach(() => emulator.verifyFaults());

/** Aborts when a part has been asked of the file for the n-th time. */
function abortingFile(bytes: Buffer, after: number, controller: AbortController) {
  let asked = 0;
  const slice = (start: number, end: number) => {
    if (asked++ === after) controller.abort();
    return bytes.subarray(start, end);
  };
  return { size: bytes.length, slice };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe.each(disputed)("$name", (subject) => {
  beforeAll(() => take(emulator, subject));
  const { lacks, whole, range, parallel, about } = subject;
  const round = parallel * range;
  const bytes = fileOf(3 * round + 17);
  const options = { threshold: 9_999, rangeSize: range, delay: 1 };
  const client = () => withLargeAttachments(subject.client(emulator), options);
  const openSessions = () => subject.open(emulator);

  test("an abort while a range hangs rejects at once as AbortError, and the service forgets the session", async () => {
    const item = subject.add(emulator);
    const controller = new AbortController();
    emulator.fault({ on: { kind: "range", range: "middle" }, hang: true });
    const attaching = client()
      .api(item.path)
      .attach(bytes, { ...about, signal: controller.signal });
    const rejected = expect(attaching).rejects.toMatchObject({ name: "AbortError" });
    await until(() => emulator.unusedFaults().length === 0);
    controller.abort();
    await rejected;
    expect(openSessions()).toEqual([]);
    expect(subject.held(emulator, item)).toEqual([]);
    expect(emulator.requests.at(-1)).toMatchObject({ kind: lacks.has("cancel") ? "range" : "cancel" });
  });

  test("an abort in the wait before a retry rejects at once, however long the service asked to wait", async () => {
    const item = subject.add(emulator);
    const controller = new AbortController();
    emulator.fault({ on: { kind: "range" }, status: 503, headers: { "Retry-After": "300" } });
    const attaching = client()
      .api(item.path)
      .attach(bytes, { ...about, signal: controller.signal });
    const rejected = expect(attaching).rejects.toMatchObject({ name: "AbortError" });
    const answered = () => emulator.requests.every(({ status }) => status !== undefined);
    await until(() => answered() && emulator.requests.some(({ status }) => status === 503));
    controller.abort();
    await rejected;
    expect(openSessions()).toEqual([]);
  });

  test("an abort while the source is read sends nothing more", async () => {
    const item = subject.add(emulator);
    const controller = new AbortController();
    const { signal } = controller;
    const attaching = client()
      .api(item.path)
      .attach(abortingFile(bytes, 1, controller), { ...about, signal });
    await expect(attaching).rejects.toMatchObject({ name: "AbortError" });
    expect(openSessions()).toEqual([]);
    expect(subject.held(emulator, item)).toEqual([]);
  });

  if (whole)
    test("an intercepted POST is aborted by the request's own signal, as any request of the client", async () => {
      const item = subject.add(emulator);
      const controller = new AbortController();
      emulator.fault({ on: { kind: "range", range: "middle" }, hang: true });
      // of this realm, as it is outside of Jest: the client tells errors by instanceof
      const reason = Object.assign(new Error("stop"), { name: "AbortError" });
      const posting = client()
        .api(whole(item.path, name, bytes).url)
        .option("signal", controller.signal)
        .post(whole(item.path, name, bytes).body);
      const rejected = expect(posting).rejects.toMatchObject({ code: "AbortError", statusCode: -1 });
      await until(() => emulator.unusedFaults().length === 0);
      controller.abort(reason);
      await rejected;
      expect(openSessions()).toEqual([]);
    });

  test("an aborted task keeps its session, and goes on in another process from its JSON", async () => {
    const item = subject.add(emulator);
    const controller = new AbortController();
    const task = await LargeAttachmentTask.create(
      subject.client(emulator),
      item.path,
      abortingFile(bytes, 5, controller),
      { ...options, ...about },
    );
    const loaded: number[] = [];
    const uploading = task.upload({
      signal: controller.signal,
      onProgress: (progress) => loaded.push(progress.loaded),
    });
    await expect(uploading).rejects.toMatchObject({ name: "AbortError" });
    expect(openSessions()).toHaveLength(lacks.has("cancel") ? 0 : 1);
    const stored = JSON.stringify(task.session);
    for (const secret of [emulator.token, emulator.azureDevOps.personalAccessToken])
      expect(stored).not.toContain(secret);
    expect((JSON.parse(stored) as UploadSession).offset).toBe(loaded.at(-1));

    const from = emulator.requests.length;
    const restored = await LargeAttachmentTask.restore(
      subject.client(emulator),
      JSON.parse(stored),
      new Blob([bytes]),
      options,
    );
    const { id } = await restored.resume();
    expect(subject.held(emulator, item)).toMatchObject([{ id, name, sha256: sha256(bytes) }]);
    const again = emulator.requests.slice(from).filter(({ kind }) => kind === "range");
    // the range that was under way may arrive only now; where the service cannot say whether it has it, the file begins again
    const most = lacks.has("status") ? bytes.length + 2 * round : bytes.length - 1;
    expect(again.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)).toBeLessThanOrEqual(most);
  });

  test.each([0, round, bytes.length])(
    "a checkpoint of offset %d of an upload that was whole answers the attachment and sends no second one",
    async (offset) => {
      const item = subject.add(emulator);
      subject.older(emulator, item, name);
      const before = subject.held(emulator, item).length;
      const task = await LargeAttachmentTask.create(subject.client(emulator), item.path, bytes, {
        ...options,
        ...about,
      });
      const { id } = await task.upload();
      const checkpoint = { ...task.session, offset };
      for (const way of ["upload", "resume"] as const) {
        const restored = await LargeAttachmentTask.restore(subject.client(emulator), checkpoint, bytes, options);
        await expect(restored[way]()).resolves.toMatchObject({ id });
      }
      expect(subject.held(emulator, item)).toHaveLength(before + 1);
    },
  );

  test("a checkpoint that is behind the service costs at most what the service cannot say", async () => {
    const item = subject.add(emulator);
    emulator.fault({
      on: { kind: "range", range: "last" },
      status: 507,
      body: { error: { code: "quota", message: "" } },
    });
    const task = await LargeAttachmentTask.create(subject.client(emulator), item.path, bytes, { ...options, ...about });
    const checkpoint = JSON.parse(JSON.stringify(task.session)) as UploadSession;
    await expect(task.upload()).rejects.toMatchObject({ statusCode: 507, code: "quota" });
    const restored = await LargeAttachmentTask.restore(subject.client(emulator), checkpoint, bytes, options);
    const { id } = await restored.resume();
    expect(subject.held(emulator, item)).toMatchObject([{ id, sha256: sha256(bytes) }]);
  });

  test("a stream goes on in the same task after an abort, since its range is still in memory", async () => {
    const item = subject.add(emulator);
    const controller = new AbortController();
    const piece = Math.ceil(bytes.length / 30);
    const stream = Readable.from(Array.from({ length: 30 }, (_, i) => bytes.subarray(i * piece, (i + 1) * piece)));
    const task = await LargeAttachmentTask.create(subject.client(emulator), item.path, stream, {
      ...options,
      ...about,
      size: bytes.length,
    });
    const uploading = task.upload({ signal: controller.signal, onProgress: () => controller.abort() });
    await expect(uploading).rejects.toMatchObject({ name: "AbortError" });
    await task.resume();
    expect(subject.held(emulator, item)).toMatchObject([{ sha256: sha256(bytes) }]);
  });

  if (!lacks.has("cancel"))
    test("cancel stops the upload, has the service discard it, and upload rejects from then on", async () => {
      const item = subject.add(emulator);
      const task = await LargeAttachmentTask.create(subject.client(emulator), item.path, bytes, {
        ...options,
        ...about,
      });
      emulator.fault({ on: { kind: "range", range: "middle" }, hang: true });
      const uploading = task.upload();
      const rejected = expect(uploading).rejects.toMatchObject({ code: "cancelled" });
      await until(() => emulator.unusedFaults().length === 0);
      await task.cancel();
      await rejected;
      expect(emulator.sessions.at(-1)).toMatchObject({ state: "deleted" });
      await expect(task.upload()).rejects.toMatchObject({ code: "cancelled" });
      await expect(task.resume()).rejects.toBeInstanceOf(UploadError);
      await expect(task.cancel()).resolves.toBeUndefined();
      expect(subject.held(emulator, item)).toEqual([]);
    });

  if (lacks.has("cancel"))
    test("cancel stops the upload, and says that the service has no call to discard it", async () => {
      const item = subject.add(emulator);
      const task = await LargeAttachmentTask.create(subject.client(emulator), item.path, bytes, {
        ...options,
        ...about,
      });
      emulator.fault({ on: { kind: "range", range: "middle" }, hang: true });
      const rejected = expect(task.upload()).rejects.toMatchObject({ code: "cancelled" });
      await until(() => emulator.unusedFaults().length === 0);
      await expect(task.cancel()).rejects.toMatchObject({
        code: "unsupported",
        message: expect.stringContaining("no call"),
      });
      await rejected;
      expect(subject.held(emulator, item)).toEqual([]);
    });

  test("a task tells how far it is, and answers its attachment to everyone who asks", async () => {
    const item = subject.add(emulator);
    const task = await LargeAttachmentTask.create(subject.client(emulator), item.path, bytes, { ...options, ...about });
    expect(await task.getStatus()).toEqual({ offset: 0, expires: subject.expires });
    const [one, two] = await Promise.all([task.upload(), task.upload()]);
    expect(two).toBe(one);
    expect(await task.getStatus()).toMatchObject({ offset: bytes.length });
    expect(await task.upload()).toBe(one);
    await expect(task.cancel()).rejects.toMatchObject({ code: "invalid" });
    expect(subject.held(emulator, item)).toHaveLength(1);
  });

  test("a file of another size, or of the same size with other bytes, is refused before anything is sent", async () => {
    const item = subject.add(emulator);
    const task = await LargeAttachmentTask.create(subject.client(emulator), item.path, bytes, { ...options, ...about });
    const from = emulator.requests.length;
    const other = Buffer.from(bytes);
    other[other.length - 1]! ^= 1;
    for (const file of [bytes.subarray(1), Buffer.concat([bytes, bytes]), other, fileOf(bytes.length)]) {
      const restoring = LargeAttachmentTask.restore(subject.client(emulator), task.session, file, options);
      await expect(restoring).rejects.toMatchObject({ code: "otherFile" });
    }
    expect(emulator.requests.length).toBe(from);
  });
});
