import type { Client } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { LargeAttachmentHandlerOptions, LargeAttachmentTask, withLargeAttachments } from "../../src/index.js";
import { thrownBy } from "../support/fakes";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterAll(() => emulator.close());

const bytes = fileOf(1_000_000);
const to = [{ emailAddress: { address: "a@example.com" } }];
const message = { message: { subject: "s", toRecipients: to } };
const large = { name: "a.bin", threshold: 1_000, rangeSize: 100_000 };
const stalled = { size: 1_000, slice: () => new Promise<never>(() => {}) };
const clientFor = (options: object = {}) =>
  withLargeAttachments(clientOf(emulator), { delay: 1, retries: 1, ...options });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** The error that work rejects with, and how many milliseconds after the abort. */
async function abort(work: Promise<unknown>, stop: AbortController, after = 50): Promise<[Error, number]> {
  const failed = thrownBy(work);
  await pause(after);
  const from = performance.now();
  // of this realm, as it is outside of Jest: the client tells errors by instanceof
  stop.abort(Object.assign(new Error("stop"), { name: "AbortError" }));
  return [(await failed) as Error, performance.now() - from];
}

describe("an abort is heard at once", () => {
  const post = (client: Client, signal: AbortSignal, path: string, size: number) =>
    client
      .api(`${path}/attachments`)
      .middlewareOptions([new LargeAttachmentHandlerOptions({ signal })])
      .post({
        "@odata.type": "#microsoft.graph.fileAttachment",
        name: "b.bin",
        contentBytes: bytes.subarray(0, size).toString("base64"),
      });
  const ways: Record<string, (signal: AbortSignal, path: string) => Promise<unknown>> = {
    "while attach reads a small file": (signal, path) => clientFor().api(path).attach(stalled, { name: "a", signal }),
    "while attach reads a small file, by the request's own signal": (signal, path) =>
      clientFor().api(path).option("signal", signal).attach(stalled, { name: "a" }),
    "while attach reads a small file, by the client's signal": (signal, path) =>
      clientFor({ signal }).api(path).attach(stalled, { name: "a" }),
    "while attach reads a small stream": (signal, path) =>
      clientFor().api(path).attach(new ReadableStream<Uint8Array>(), { name: "a", size: 1_000, signal }),
    "while a mail reads a small file": (signal) =>
      clientFor()
        .api("/me/sendMail")
        .withAttachments([{ file: stalled, name: "a" }], { signal })
        .post(message),
    "while a mail reads a small file, by the request's own signal": (signal) =>
      clientFor()
        .api("/me/sendMail")
        .option("signal", signal)
        .withAttachments([{ file: stalled, name: "a" }])
        .post(message),
    "while a fingerprint is made": (signal, path) =>
      LargeAttachmentTask.create(clientFor(), path, stalled, { name: "a", signal }),
    "while an intercepted POST hangs, by the signal of its options": (signal, path) => {
      emulator.fault({ on: { kind: "post" }, hang: true });
      return post(clientFor(), signal, path, 1_000);
    },
    "while an intercepted POST waits in the queue, by the signal of its options": async (signal, path) => {
      const client = clientFor();
      void client
        .api(path)
        .attach(stalled, { name: "first", signal: leftOver.signal })
        .catch(() => {});
      await pause(20);
      return post(client, signal, path, 1_000);
    },
    "while attach waits in the queue": (signal, path) => {
      const client = clientFor();
      void client
        .api(path)
        .attach(stalled, { name: "first", signal: leftOver.signal })
        .catch(() => {});
      return client.api(path).attach(bytes, { ...large, signal });
    },
  };
  let leftOver = new AbortController();
  beforeEach(() => void (leftOver = new AbortController()));
  afterEach(() => leftOver.abort());

  test.each(Object.keys(ways))("%s, and the next upload to the item goes through", async (way) => {
    const { id, path } = emulator.addMessage();
    const stop = new AbortController();
    const [error, after] = await abort(ways[way]!(stop.signal, path), stop, 100);
    expect(error).toMatchObject(
      way.includes("POST") || way.includes("mail") ? { code: "AbortError" } : { name: "AbortError" },
    );
    expect(after).toBeLessThan(1_000);
    leftOver.abort();
    await clientFor().api(path).attach(bytes, large);
    expect(emulator.attachments(id).map((one) => one.sha256)).toEqual([sha256(bytes)]);
  });
});

describe("cleaning up after an abort takes five seconds in all, even if nothing answers any more", () => {
  test("for a mail: its session and its draft", async () => {
    const stop = new AbortController();
    emulator.fault({ on: { kind: "range", range: 1 }, hang: true });
    const sending = clientFor({ retries: 5, delay: 1_000 })
      .api("/me/sendMail")
      .withAttachments([{ file: bytes, name: "a.bin" }], { ...large, signal: stop.signal })
      .post(message);
    const failed = thrownBy(sending);
    await until(() => emulator.unusedFaults().length === 0);
    emulator.fault({ hang: true, times: 100 });
    const from = performance.now();
    stop.abort();
    await failed;
    const after = performance.now() - from;
    expect(after).toBeLessThan(6_000);
    emulator.reset();
  }, 30_000);

  test("for cancel() of a task, which then says so", async () => {
    const { path } = emulator.addMessage();
    const task = await LargeAttachmentTask.create(clientFor({ retries: 5, delay: 1_000 }), path, bytes, large);
    emulator.fault({ hang: true, times: 100 });
    const from = performance.now();
    await expect(task.cancel()).rejects.toMatchObject({ code: "interrupted", message: /did not confirm/ });
    expect(performance.now() - from).toBeLessThan(6_000);
    emulator.reset();
  }, 30_000);
});

test("four stalled sources do not stop other uploads to their mailbox", async () => {
  const client = clientFor();
  const stop = new AbortController();
  const { signal } = stop;
  const stuck = { size: 1_000_000, slice: () => new Promise<never>(() => {}) };
  const all = Array.from({ length: 8 }, (_, index) =>
    client
      .api(emulator.addMessage().path)
      .attach(index < 4 ? stuck : { ...stuck, size: 1_000 }, { ...large, threshold: 2_000, signal })
      .catch(() => {}),
  );
  const { id, path } = emulator.addMessage();
  const item = emulator.addMessage();
  await pause(50);
  await client.api(path).attach(bytes, large);
  await client.api(item.path).attach(bytes, { name: "small" });
  await client
    .api("/me/sendMail")
    .withAttachments([{ file: bytes, name: "m" }])
    .post(message);
  stop.abort();
  await Promise.all(all);
  expect([id, item.id].flatMap((one) => emulator.attachments(one)).map((one) => one.sha256)).toEqual([
    sha256(bytes),
    sha256(bytes),
  ]);
}, 20_000);

test.each(["attach", "a stream", "sendMail"])(
  "many small files to one mailbox are read when it is their turn: %s",
  async (way) => {
    const client = clientFor();
    let reading = 0;
    let most = 0;
    const file = {
      size: 100_000,
      async slice(start: number, end: number) {
        most = Math.max(most, ++reading - emulator.requests.filter(({ status }) => status !== undefined).length);
        await pause(1);
        return bytes.subarray(start, end);
      },
    };
    const streamed = async function* () {
      yield await file.slice(0, 100_000);
    };
    await Promise.all(
      Array.from({ length: 30 }, () => {
        const { path } = emulator.addMessage();
        if (way === "attach") return client.api(path).attach({ ...file }, { name: "a" });
        if (way === "a stream") return client.api(path).attach(streamed(), { name: "a", size: 100_000 });
        return client
          .api("/me/sendMail")
          .withAttachments([{ file: { ...file }, name: "a" }])
          .post(message);
      }),
    );
    expect(reading).toBe(30);
    expect(most).toBeLessThanOrEqual(8);
  },
  20_000,
);

describe("one signal over many uploads", () => {
  test("gives no warning about listeners, and none is left", async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => void warnings.push(warning);
    process.on("warning", note);
    const { signal } = new AbortController();
    const client = clientFor({ signal: new AbortController().signal });
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        client.api(emulator.addMessage().path).attach(bytes.subarray(0, 5_000 + index), { ...large, signal }),
      ),
    );
    const { path } = emulator.addMessage();
    await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        client.api(path).attach(bytes.subarray(0, 100), { name: `${index}`, signal }),
      ),
    );
    await pause(10);
    process.off("warning", note);
    expect(warnings).toEqual([]);
  }, 30_000);

  test("works in runtimes without AbortSignal.any", async () => {
    const { any } = AbortSignal;
    Reflect.deleteProperty(AbortSignal, "any");
    try {
      const [one, other] = [new AbortController(), new AbortController()];
      const { id, path } = emulator.addMessage();
      await clientFor({ signal: other.signal })
        .api(path)
        .attach(bytes, { ...large, signal: one.signal });
      expect(emulator.attachments(id)).toHaveLength(1);
      const [error] = await abort(
        clientFor({ signal: other.signal }).api(path).attach(stalled, { name: "b", signal: one.signal }),
        other,
      );
      expect(error).toMatchObject({ name: "AbortError" });
    } finally {
      AbortSignal.any = any;
    }
  });
});
