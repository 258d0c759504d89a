import { Readable } from "node:stream";
import type { Client } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { LargeAttachmentTask, withLargeAttachments, type AttachmentSource } from "../../src/index.js";
import { fileOf, sha256 } from "../support/graph.js";
import { everything, take, type Subject } from "../support/subjects.js";

const sizesFor = ({ range, parallel }: Subject): [string, number][] => [
  ["one byte past the threshold", 10_000],
  ["one byte less than a range", range - 1],
  ["exactly one range", range],
  ["one byte past a range", range + 1],
  ["exactly two ranges", 2 * range],
  ["one byte past two ranges", 2 * range + 1],
  ["as many ranges as are under way at once", parallel * range],
  ["many ranges", 7 * range + 123],
];

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterAll(() => emulator.close());

type Way = (client: Client, path: string, bytes: Buffer, subject: Subject) => Promise<{ id: string }>;
const ways: Record<string, Way> = {
  "an intercepted POST": (client, path, bytes, { whole }) => {
    const { url, body } = whole!(path, "a.bin", bytes);
    return client.api(url).post(body);
  },
  attach: (client, path, bytes, { about }) => client.api(path).attach(bytes, { ...about, contentType: "x/y" }),
  "a task": async (client, path, bytes, { about }) =>
    (await LargeAttachmentTask.create(client, path, bytes, { ...about, contentType: "x/y" })).upload(),
};

describe.each(everything)("$name", (subject) => {
  beforeAll(() => take(emulator, subject));
  const { range, about, lacks } = subject;
  const options = { threshold: 9_999, rangeSize: range, delay: 1 };

  /** Attaches a file of this size, and expects the very bytes in ranges that follow each other. */
  async function takes(size: number, way: Way) {
    const client = withLargeAttachments(subject.client(emulator), options);
    const item = subject.add(emulator);
    const bytes = fileOf(size);
    const made = await way(client, item.path, bytes, subject);
    const [stored, ...others] = subject.held(emulator, item);
    expect(others).toEqual([]);
    expect(stored).toMatchObject({ id: made.id, name: "a.bin", sha256: sha256(bytes), via: "session" });
    const sent = emulator.requests.filter(({ kind }) => kind === "range");
    expect(sent.length).toBe(Math.ceil(size / range));
    expect(sent.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)).toBe(size);
  }

  test.each(sizesFor(subject))("takes a file of %s, byte for byte, in ranges that follow each other", (_, size) =>
    takes(size, ways["attach"]!),
  );

  const others = Object.entries(ways).filter(([name]) => name === "a task" || (subject.whole && name !== "attach"));
  test.each(others)("takes a file of many ranges by %s, too", (_, way) => takes(7 * range + 123, way));

  const bytes = fileOf(2 * range + 77);
  const pooled = Buffer.concat([fileOf(11), bytes, fileOf(5)]).subarray(11, 11 + bytes.length);
  const pieces = (length: number) =>
    Array.from({ length: Math.ceil(bytes.length / length) }, (_, i) => bytes.subarray(i * length, (i + 1) * length));
  async function* generator() {
    yield* pieces(1_000);
  }
  const sources: [string, () => AttachmentSource, { size?: number }][] = [
    ["a Blob", () => new Blob([bytes]), {}],
    ["a File", () => new File([bytes], "other.bin"), {}],
    ["a Buffer that is a view of a pool", () => pooled, {}],
    ["a typed array that is a view", () => new Uint8Array(pooled.buffer, pooled.byteOffset, pooled.length), {}],
    ["a DataView", () => new DataView(pooled.buffer, pooled.byteOffset, pooled.length), {}],
    ["an ArrayBuffer", () => Uint8Array.from(bytes).buffer, {}],
    ["a web stream of small chunks", () => new Blob([bytes]).stream(), { size: bytes.length }],
    ["a Node stream of chunks smaller than a range", () => Readable.from(pieces(999)), { size: bytes.length }],
    ["a Node stream of one chunk larger than a range", () => Readable.from([bytes]), { size: bytes.length }],
    ["an async generator", generator, { size: bytes.length }],
    ["a fetch Response", () => new Response(bytes, { headers: { "content-length": `${bytes.length}` } }), {}],
    [
      "random access",
      () => ({ size: bytes.length, slice: (start: number, end: number) => bytes.subarray(start, end) }),
      {},
    ],
  ];

  /** Bodies are written as base64 and as they are, and ranges are read in order and several at once: one subject for each. */
  const anySource = ["an Outlook message", "an Azure DevOps work item", "a print document"].includes(subject.name);
  const accepted = sources.filter(([name]) => anySource || name === "a Node stream of chunks smaller than a range");
  test.each(accepted)("takes %s, in one request and in a session", async (_, source, known) => {
    for (const threshold of lacks.has("post") ? [9_999] : [9_999, 1_000_000]) {
      const client = withLargeAttachments(subject.client(emulator), { ...options, threshold });
      const item = subject.add(emulator);
      const progress: number[] = [];
      const { id } = await client
        .api(item.path)
        .attach(source(), { ...about, ...known, onProgress: ({ loaded }) => progress.push(loaded) });
      const stored = subject.held(emulator, item).find((held) => held.id === id);
      expect(stored).toMatchObject({
        id,
        name: "a.bin",
        sha256: sha256(bytes),
        via: threshold === 9_999 ? "session" : "post",
      });
      expect(progress).toEqual([...new Set(progress)].sort((one, other) => one - other));
      expect(progress.at(-1)).toBe(bytes.length);
    }
  });

  if (!lacks.has("post"))
    test("takes an empty file, which no session can carry", async () => {
      const client = withLargeAttachments(subject.client(emulator), { threshold: 0 });
      const item = subject.add(emulator);
      const made = await client.api(item.path).attach(new Uint8Array(0), about);
      expect(subject.held(emulator, item)).toMatchObject([{ id: made.id, name: "a.bin", via: "post" }]);
    });

  test("refuses an empty file for a task, before the first request", async () => {
    const item = subject.add(emulator);
    const task = LargeAttachmentTask.create(subject.client(emulator), item.path, new Uint8Array(0), about);
    await expect(task).rejects.toMatchObject({ code: "invalid", message: expect.stringMatching(/empty file/i) });
    expect(emulator.requests).toEqual([]);
  });
});
