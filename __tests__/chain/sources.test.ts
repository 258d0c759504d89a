import { Readable } from "node:stream";
import { Client, HTTPMessageHandler, type Context, type Middleware } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import {
  LargeAttachmentTask,
  withLargeAttachments,
  type CheckpointStore,
  type UploadSession,
} from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";
import { thrownBy } from "../support/fakes";

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterAll(() => emulator.close());

const to = [{ emailAddress: { address: "a@example.com" } }];
const bytes = fileOf(1_000_000);
const options = { name: "a.bin", threshold: 1_000, rangeSize: 100_000, delay: 1 };
const clientFor = () => withLargeAttachments(clientOf(emulator), { delay: 1, retries: 1 });
const held = (id: string) => emulator.attachments(id).map((one) => one.sha256);
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

/** Fills one buffer again and again, as `fileHandle.read` does. */
function oneBuffer(all = bytes) {
  const buffer = Buffer.alloc(all.length);
  const slice = async (start: number, end: number) => {
    for (let at = start; at < end; at += 30_000) {
      await new Promise(setImmediate);
      all.copy(buffer, at - start, at, Math.min(end, at + 30_000));
    }
    return buffer.subarray(0, end - start);
  };
  return { size: all.length, slice };
}

describe("a source that fills one buffer again and again", () => {
  test.each(["attach", "attach in one request", "a task", "withAttachments"])("arrives whole by %s", async (way) => {
    const { id, path } = emulator.addMessage();
    const client = clientFor();
    if (way === "attach") await client.api(path).attach(oneBuffer(), options);
    if (way === "attach in one request") await client.api(path).attach(oneBuffer(), { name: "a.bin" });
    if (way === "a task") await (await LargeAttachmentTask.create(client, path, oneBuffer(), options)).upload();
    if (way === "withAttachments") {
      const files = [
        { file: oneBuffer(), name: "a.bin" },
        { file: oneBuffer(), name: "b.bin" },
      ];
      await client
        .api("/me/sendMail")
        .withAttachments(files)
        .post({ message: { subject: "s", toRecipients: to } });
      const [sent] = emulator.mailbox.outbox();
      return expect(sent!.attachments.map((one) => one.sha256)).toEqual([sha256(bytes), sha256(bytes)]);
    }
    expect(held(id)).toEqual([sha256(bytes)]);
  });

  test("arrives whole at two messages at the same time", async () => {
    const source = oneBuffer();
    const items = [emulator.addMessage(), emulator.addMessage()];
    await Promise.all(items.map(({ path }) => clientFor().api(path).attach(source, options)));
    expect(items.flatMap(({ id }) => held(id))).toEqual([sha256(bytes), sha256(bytes)]);
  });

  test("has the fingerprint of its bytes", async () => {
    const { path } = emulator.addMessage();
    const task = await LargeAttachmentTask.create(clientFor(), path, oneBuffer(), options);
    const other = await LargeAttachmentTask.restore(clientFor(), task.session, new Blob([bytes]), options);
    await expect(other.resume()).resolves.toMatchObject({ name: "a.bin" });
  });
});

describe("a chain that ends in a handler of the application", () => {
  /** Knows bytes and text only, as node-fetch and axios do. */
  class OwnTail implements Middleware {
    readonly kinds = new Set<string>();
    async execute(context: Context) {
      const { body } = context.options ?? {};
      this.kinds.add(Object.prototype.toString.call(body));
      const text = body instanceof ReadableStream ? String(body) : body;
      context.response = await fetch(context.request, { ...context.options, body: text } as RequestInit);
    }
  }
  /** Repeats a request that a renewed token may cure. */
  class Renewing implements Middleware {
    next?: Middleware;
    setNext(next: Middleware) {
      this.next = next;
    }
    async execute(context: Context) {
      const headers = { ...(context.options?.headers as object) };
      const api = !String(context.request).includes("AttachmentSessions");
      if (api)
        context.options = { ...context.options, headers: { ...headers, Authorization: `Bearer ${emulator.token}` } };
      await this.next!.execute(context);
      if (api) return;
      await context.response?.text();
      await this.next!.execute(context);
    }
  }
  const over = (...middleware: Middleware[]) =>
    withLargeAttachments(
      Client.initWithMiddleware({
        baseUrl: emulator.clientOptions.baseUrl,
        customHosts: emulator.clientOptions.customHosts,
        fetchOptions: emulator.clientOptions.fetchOptions,
        middleware,
      }),
      { delay: 1, retries: 1 },
    );

  test("gets bytes, and the service the file", async () => {
    const { id, path } = emulator.addMessage();
    const [sign, tail] = [new Renewing(), new OwnTail()];
    sign.execute = async function (this: Renewing, context) {
      const headers = { ...(context.options?.headers as object) };
      const api = !String(context.request).includes("AttachmentSessions");
      if (api)
        context.options = { ...context.options, headers: { ...headers, Authorization: `Bearer ${emulator.token}` } };
      await this.next!.execute(context);
    };
    await over(sign, tail).api(path).attach(bytes, options);
    expect(held(id)).toEqual([sha256(bytes)]);
    expect([...tail.kinds]).not.toContain("[object ReadableStream]");
  });

  test("or has one that repeats a request finds its body unread", async () => {
    const { id, path } = emulator.addTask();
    const signing: string[] = [];
    const repeating = new Renewing();
    repeating.execute = async function (this: Renewing, context) {
      const sign = (token: string) => {
        const headers = { ...(context.options?.headers as object), Authorization: `Bearer ${token}` };
        context.options = { ...context.options, headers };
      };
      sign(context.options?.method === "PUT" && signing.length === 0 ? (signing.push("old"), "old") : emulator.token);
      await this.next!.execute(context);
      if (context.response?.status !== 401) return;
      await context.response.text();
      sign(emulator.token);
      await this.next!.execute(context);
    };
    await over(repeating, new HTTPMessageHandler()).api(path).attach(bytes, options);
    expect(signing).toEqual(["old"]);
    expect(held(id)).toEqual([sha256(bytes)]);
  });
});

describe("a File that has changed since its checkpoint", () => {
  const changed = Buffer.from(bytes);
  changed.fill(7, 400_000, 500_000);
  const fileAt = (of: Buffer<ArrayBuffer>, lastModified: number) => new File([of], "a.bin", { lastModified });
  function store() {
    const rows = new Map<string, UploadSession>();
    const checkpoints: CheckpointStore = {
      load: (key) => rows.get(key),
      save: (key, session) => void rows.set(key, session),
      remove: (key) => void rows.delete(key),
    };
    return { rows, checkpoints };
  }
  const fail = () => emulator.fault({ on: { kind: "range", range: 7 }, reset: "before", times: 2 });

  test("is uploaded anew, and leaves no session behind", async () => {
    const { id, path } = emulator.addMessage();
    const { rows, checkpoints } = store();
    fail();
    await thrownBy(
      clientFor()
        .api(path)
        .attach(fileAt(bytes, 1), { ...options, checkpoints }),
    );
    expect(rows.size).toBe(1);
    await clientFor()
      .api(path)
      .attach(fileAt(changed, 2), { ...options, checkpoints });
    expect(held(id)).toEqual([sha256(changed)]);
    expect([...rows.values()].map(({ done }) => done)).toMatchObject([{ name: "a.bin" }, { name: "a.bin" }]);
    expect(emulator.sessions.map(({ state }) => state)).toEqual(["deleted", "complete"]);
  });

  test("is another file for a task; the same time, or none, is the same file", async () => {
    const { id, path } = emulator.addMessage();
    const task = await LargeAttachmentTask.create(clientFor(), path, fileAt(bytes, 1), options);
    const restoring = (file: Blob) => LargeAttachmentTask.restore(clientFor(), task.session, file, options);
    await expect(restoring(fileAt(changed, 2))).rejects.toMatchObject({ code: "otherFile" });
    await restoring(new Blob([bytes]));
    await (await restoring(fileAt(bytes, 1))).resume();
    expect(held(id)).toEqual([sha256(bytes)]);
  });

  test("an upload that failed goes on if it has not changed", async () => {
    const { id, path } = emulator.addMessage();
    const { checkpoints } = store();
    fail();
    await thrownBy(
      clientFor()
        .api(path)
        .attach(fileAt(bytes, 1), { ...options, checkpoints }),
    );
    await clientFor()
      .api(path)
      .attach(fileAt(bytes, 1), { ...options, checkpoints });
    expect(held(id)).toEqual([sha256(bytes)]);
    expect(emulator.sessions).toHaveLength(1);
  });
});

// At first sight the URL is that of a chat. The stream can be opened only once.
test("a stream of a mail from a user whose name is like a part of Teams arrives whole", async () => {
  const file = { file: Readable.from([bytes]), name: "a", size: bytes.length };
  const message = { subject: "a", toRecipients: to };
  await clientFor().api("/users/chats/sendMail").withAttachments([file]).post({ message });
  expect(emulator.mailbox.outbox()[0]!.attachments[0]!.bytes.equals(bytes)).toBe(true);
});

describe("a source is let go", () => {
  const node = () => Readable.from([bytes.subarray(0, 500_000), bytes.subarray(500_000)]);
  const web = () => {
    const left = [bytes.subarray(0, 500_000), bytes.subarray(500_000)];
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        const next = left.shift();
        if (next) controller.enqueue(next);
      },
    });
  };
  type Streams = { file: Readable | ReadableStream<Uint8Array> };
  const isFree = ({ file }: Streams) => (file instanceof ReadableStream ? !file.locked : file.destroyed);
  const message = { message: { subject: "s", toRecipients: to } };

  const ways: Record<string, (given: Streams) => Promise<unknown>> = {
    "after attach": ({ file }) =>
      clientFor()
        .api(emulator.addMessage().path)
        .attach(file, { ...options, size: 1_000_000 }),
    "after attach in one request": ({ file }) =>
      clientFor().api(emulator.addMessage().path).attach(file, { name: "a", size: 1_000_000 }),
    "after a mail": ({ file }) =>
      clientFor()
        .api("/me/sendMail")
        .withAttachments([{ file, name: "a", size: 1_000_000 }], { threshold: 10 })
        .post(message),
    "after a mail in one request": ({ file }) =>
      clientFor()
        .api("/me/sendMail")
        .withAttachments([{ file, name: "a", size: 1_000_000 }])
        .post(message),
    "after a task": async ({ file }) => {
      const { path } = emulator.addMessage();
      await (await LargeAttachmentTask.create(clientFor(), path, file, { ...options, size: 1_000_000 })).upload();
    },
    "after cancel()": async ({ file }) => {
      const { path } = emulator.addMessage();
      await (await LargeAttachmentTask.create(clientFor(), path, file, { ...options, size: 1_000_000 })).cancel();
    },
    "after a refused create": ({ file }) =>
      thrownBy(LargeAttachmentTask.create(clientFor(), "/me/messages/none", file, { ...options, size: 1_000_000 })),
    "after a create of a wrong URL": ({ file }) =>
      thrownBy(LargeAttachmentTask.create(clientFor(), "/me", file, { ...options, size: 1_000_000 })),
    "after a restore of something else": ({ file }) =>
      thrownBy(LargeAttachmentTask.restore(clientFor(), {} as UploadSession, file)),
    "after attach without a size": ({ file }) => thrownBy(clientFor().api(emulator.addMessage().path).attach(file)),
    "after attach to a wrong URL": ({ file }) => thrownBy(clientFor().api("/me").attach(file, { name: "a", size: 10 })),
    "when another file is refused": ({ file }) =>
      thrownBy(
        clientFor()
          .api("/me")
          .attach([{ file, name: "a", size: 10 }, 5 as unknown as Blob] as never),
      ),
    "when another file of a mail is refused": ({ file }) =>
      thrownBy(async () =>
        clientFor()
          .api("/me/sendMail")
          .withAttachments([{ file, name: "a", size: 10 }, 5 as unknown as Blob])
          .post(message),
      ),
    "when a mail has no name for it": ({ file }) =>
      thrownBy(
        clientFor()
          .api("/me/sendMail")
          .withAttachments([{ file, size: 10 }])
          .post(message),
      ),
    "when the POST is none of a mail": ({ file }) =>
      thrownBy(
        clientFor()
          .api("/me/contacts")
          .withAttachments([{ file, name: "a", size: 10 }])
          .post(message),
      ),
    "when the client has no handler": ({ file }) =>
      thrownBy(async () =>
        clientOf(emulator)
          .api("/me/sendMail")
          .withAttachments([{ file, name: "a", size: 10 }]),
      ),
  };

  test.each(Object.keys(ways))("%s: Node streams are destroyed, web streams unlocked", async (way) => {
    const given = [{ file: node() }, { file: web() }];
    for (const one of given) await ways[way]!(one);
    await settled();
    expect(given.map(isFree)).toEqual([true, true]);
  });
});

test("a stream that gives all its bytes and stays open ends the upload", async () => {
  const open = [
    () => {
      const stream = new Readable({ read() {} });
      stream.push(bytes);
      return stream;
    },
    () => new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(bytes) }),
    async function* () {
      yield bytes;
      await new Promise(() => {});
    },
  ];
  for (const make of open) {
    const { id, path } = emulator.addMessage();
    await clientFor()
      .api(path)
      .attach(make(), { ...options, size: bytes.length });
    expect(held(id)).toEqual([sha256(bytes)]);
  }
}, 20_000);

test("an iterator whose return() throws, or gives a promise that rejects, is no unhandled rejection", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  for (const end of [
    () => Promise.reject(new Error("no")),
    () => {
      throw new Error("no");
    },
  ]) {
    const next = async () => ({ done: false, value: bytes });
    const file = { [Symbol.asyncIterator]: () => ({ next, return: end }) } as unknown as AsyncIterable<Uint8Array>;
    const { path } = emulator.addMessage();
    const error = await thrownBy(
      clientFor()
        .api(path)
        .attach(file, { ...options, size: 10 }),
    );
    expect(error).toMatchObject({ code: "source" });
    await clientFor()
      .api(path)
      .attach(file, { ...options, size: bytes.length - 1 })
      .catch(() => {});
    await settled();
  }
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});
