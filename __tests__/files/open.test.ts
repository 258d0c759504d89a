import { createContext, runInContext } from "node:vm";
import { knowsItsSize, openSource } from "../../src/files/open.js";
import { UploadError } from "../../src/errors.js";
import type { AttachmentSource } from "../../src/options.js";
import { count, thrownBy } from "../support/fakes";
import { collectGarbage } from "../support/garbage";

const bytes = count(100);
const whole = { offset: 200, length: 100 };
const around = Uint8Array.from([...count(200, 7), ...bytes, ...count(50, 9)]);
const pooled = Buffer.from(around).subarray(200, 300);
const view = new Uint8Array(around.buffer, whole.offset, whole.length);
const ofAnotherRealm = runInContext(
  `const bytes = new Uint8Array(100); for (let at = 0; at < 100; at++) bytes[at] = at; bytes.buffer`,
  createContext(),
) as ArrayBuffer;
const words = new Uint16Array(Uint8Array.from([1, 2, ...bytes]).buffer, 2);

test.each<[string, AttachmentSource]>([
  ["a Blob", new Blob([bytes])],
  ["a slice of a Blob", new Blob([around]).slice(200, 300)],
  ["a File", new File([bytes], "a.bin")],
  ["a pooled Buffer", pooled],
  ["a Uint8Array on a part of a buffer", view],
  ["a DataView on a part of a buffer", new DataView(around.buffer, whole.offset, whole.length)],
  ["an array of words on a part of a buffer", words],
  ["an ArrayBuffer", bytes.buffer],
  ["an ArrayBuffer of another realm", ofAnotherRealm],
  ["{ size, slice }", { size: 100, slice: (start: number, end: number) => bytes.subarray(start, end) }],
  ["{ size, slice } later", { size: 100, slice: async (start: number, end: number) => bytes.slice(start, end).buffer }],
  ["{ size, slice } of views", { size: 100, slice: (start: number, end: number) => pooled.subarray(start, end) }],
  [
    "{ size, slice } of Blobs",
    { size: 100, slice: async (start: number, end: number) => new Blob([view]).slice(start, end) },
  ],
])("%s can be read at any position and returns exactly its own bytes, unlike the SDK's own task", async (_, file) => {
  const content = openSource(file);
  expect([content.size, content.anywhere, knowsItsSize(file)]).toEqual([100, true, true]);
  expect(Buffer.from(await content.read(0, 100))).toEqual(Buffer.from(bytes));
  expect(Buffer.from(await content.read(90, 100))).toEqual(Buffer.from(bytes.subarray(90)));
  expect(Buffer.from(await content.read(3, 7))).toEqual(Buffer.from(bytes.subarray(3, 7)));
  expect(openSource(file, 100).size).toBe(100);
  content.close();
});

test.each<[string, unknown, number]>([
  ["Blob", new Blob([]), 0],
  ["Buffer", Buffer.alloc(0), 0],
  ["{ size: 0 }", { size: 0, slice: () => new Uint8Array(0) }, 0],
])("an empty %s is a file too", async (_, file, size) => {
  const content = openSource(file);
  expect([content.size, (await content.read(0, 0)).length]).toEqual([size, 0]);
});

test("a source passes on the name and type that it has", () => {
  const response = new Response("{}", {
    headers: { "Content-Type": "text/csv; charset=utf-8", "Content-Length": "2" },
  });
  const own = { size: 1, name: "own.bin", type: "x/y", slice: () => bytes };
  const known = [new File([bytes], "a.jpg", { type: "image/jpeg" }), new Blob([bytes]), response, own, bytes].map(
    (file) => {
      const { name, type } = openSource(file);
      return [name, type];
    },
  );
  const none = [undefined, undefined];
  expect(known).toEqual([["a.jpg", "image/jpeg"], none, [undefined, "text/csv"], ["own.bin", "x/y"], none]);
});

test("a Response with a length is a stream of that length", async () => {
  const content = openSource(new Response(bytes, { headers: { "Content-Length": "100" } }));
  expect([content.size, content.anywhere]).toEqual([100, false]);
  expect(Buffer.from(await content.read(0, 100))).toEqual(Buffer.from(bytes));
});

test.each<[string, Response, number | undefined, RegExp]>([
  ["without a length", new Response(bytes), undefined, /does not say how long it is.*\{ size \}/],
  [
    "that was compressed, so that its length is not that of the file",
    new Response(bytes, { headers: { "Content-Encoding": "gzip", "Content-Length": "61" } }),
    undefined,
    /does not say how long/,
  ],
  ["that is an error", new Response("Not found", { status: 404 }), 9, /status 404.*not the file/],
  ["without a body but with a size", new Response(null, { status: 204 }), 5, /size says 5 bytes, but the file has 0/],
  [
    "to HEAD, with the length of a body that it does not have",
    new Response(null, { headers: { "Content-Length": "100" } }),
    undefined,
    /./,
  ],
  ["with two lengths", new Response(bytes, { headers: { "Content-Length": "100, 100" } }), undefined, /./],
])("a Response %s is refused before anything is sent", async (_, response, size, message) => {
  const error = (await thrownBy(() => openSource(response, size))) as UploadError;
  expect(error).toBeInstanceOf(UploadError);
  expect(error.message).toMatch(message);
  expect(error.code).toBe("invalid");
});

test("a Response without a length, or a compressed one, is a stream of the given size", async () => {
  const compressed = new Response(bytes, { headers: { "Content-Encoding": "gzip", "Content-Length": "61" } });
  for (const response of [new Response(bytes), compressed]) {
    expect(knowsItsSize(response)).toBe(false);
    expect(Buffer.from(await openSource(response, 100).read(0, 100))).toEqual(Buffer.from(bytes));
  }
});

test("a Response that was already read is refused, because its bytes are gone", async () => {
  const response = new Response(bytes);
  await response.arrayBuffer();
  expect(() => openSource(response, 100)).toThrow(/has already been read/);
});

const slice = () => bytes;
test.each<[string, unknown, RegExp]>([
  ["a string", "/home/me/flower.jpg", /is a string.*TextEncoder.*For a path, open the file/],
  ["null", null, /must be a Blob or File/],
  ["undefined", undefined, /must be a Blob or File/],
  ["a number", 7, /must be a Blob or File/],
  ["a function", slice, /must be a Blob or File/],
  ["an array of numbers", [1, 2, 3], /must be a Blob or File/],
  ["a plain object", {}, /must be a Blob or File/],
  ["{ slice } without a size", { slice }, /must be a Blob or File/],
  ["{ size: NaN, slice }", { size: NaN, slice }, /size must be a whole number.*NaN/],
  ["{ size: -1, slice }", { size: -1, slice }, /size must be a whole number.*-1/],
  ["{ size: '7', slice }", { size: "7", slice }, /size must be a whole number/],
])("%s is refused, and the message says what a file can be", async (_, file, message) => {
  const error = (await thrownBy(() => openSource(file))) as UploadError;
  expect(error).toBeInstanceOf(UploadError);
  expect(error.message).toMatch(message);
  expect(error.code).toBe("invalid");
});

test.each([-1, 1.5, NaN, Infinity, "100" as never, null as never])("the size %p is refused for every file", (size) => {
  expect(() => openSource(new Blob([bytes]), size)).toThrow(/size must be a whole number of bytes/);
});

test("a size that differs from the file's own size is refused", () => {
  expect(() => openSource(bytes, 99)).toThrow("size says 99 bytes, but the file has 100.");
  expect(() => openSource(new Blob([bytes]), 101)).toThrow("size says 101 bytes, but the file has 100.");
});

test.each<[string, () => unknown, RegExp]>([
  ["too few bytes", () => bytes.subarray(0, 9), /returned 9 bytes instead of 10/],
  ["too many bytes", async () => bytes, /returned 100 bytes instead of 10/],
  ["a string", () => "0123456789", /must return bytes or a Blob/],
  ["nothing", () => undefined, /must return bytes or a Blob/],
])("a slice() that returns %s is refused immediately", async (_, slicing, message) => {
  const content = openSource({ size: 100, slice: slicing });
  const error = (await thrownBy(content.read(0, 10))) as UploadError;
  expect([error.code, error.message]).toEqual(["source", expect.stringMatching(message)]);
});

test.each<[string, () => unknown]>([
  [
    "throws",
    () => {
      throw new Error("disk");
    },
  ],
  ["rejects", () => Promise.reject(new Error("disk"))],
  [
    "returns a Blob that cannot be read",
    () => Object.assign(new Blob([bytes]), { arrayBuffer: () => Promise.reject(new Error("disk")) }),
  ],
])("the error has the cause if slice() %s", async (_, slicing) => {
  const error = (await thrownBy(openSource({ size: 100, slice: slicing }).read(0, 10))) as UploadError;
  expect([error.code, (error.cause as Error).message]).toEqual(["source", "disk"]);
});

// A thousand files that wait to be sent would otherwise each hold the last range that was read of them.
test("a source of the caller does not hold what was read of it", async () => {
  const file = { size: 100, slice: (start: number, end: number) => bytes.subarray(start, end) };
  const content = openSource(file);
  const given = new WeakRef((await content.read(0, 10)).buffer);
  await new Promise(setImmediate);
  collectGarbage();
  expect(given.deref()).toBeUndefined();
  expect([...(await content.read(0, 2)), file.size]).toEqual([0, 1, 100]); // both are still in use
});
