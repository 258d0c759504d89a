import { GraphClientError } from "@microsoft/microsoft-graph-client";
import { UploadError } from "../src/errors.js";
import { isLarge, LargeAttachmentHandlerOptions, settings, type UploadOptions } from "../src/options.js";
import { thrownBy } from "./support/fakes";

const defaults = { retries: 5, delay: 1000, timeout: 300_000 };

test("gaps are filled by the documented defaults; threshold and rangeSize stay open, because theirs may be the protocol's", () => {
  expect(settings()).toEqual(defaults);
  expect(settings(undefined, {}, { rangeSize: undefined })).toEqual(defaults);
});

test("the later options win one by one, and undefined never does, so that a call can override a client", () => {
  const { signal } = new AbortController();
  const onProgress = () => {};
  const client = { threshold: 0, rangeSize: 10, retries: 1, onProgress };
  const call = { threshold: undefined, rangeSize: 20, onProgress: undefined, signal };
  expect(settings(client, undefined, call)).toEqual({ ...defaults, ...client, rangeSize: 20, signal });
});

test("the caller's own objects stay as they are", () => {
  const client: UploadOptions = Object.freeze({ retries: 1 });
  const call: UploadOptions = Object.freeze({ delay: 5 });
  expect(settings(client, call)).toEqual({ ...defaults, retries: 1, delay: 5 });
  expect([client, call]).toEqual([{ retries: 1 }, { delay: 5 }]);
  expect(new LargeAttachmentHandlerOptions(call).upload).toBe(call);
  expect(new LargeAttachmentHandlerOptions().upload).toEqual({});
});

test.each<[string, unknown]>([
  ["threshold", 0],
  ["threshold", Infinity],
  ["rangeSize", 1],
  ["retries", 0],
  ["retries", Infinity],
  ["delay", 0],
  ["delay", 2_147_483_647],
  ["timeout", 1],
  ["timeout", 2_147_483_647],
])("%s may be %p", (name, value) => {
  expect(settings({ [name]: value })).toEqual({ ...defaults, [name]: value });
});

test.each<[string, unknown]>([
  ["threshold", -1],
  ["threshold", 1.5],
  ["threshold", NaN],
  ["threshold", "3000000"],
  ["threshold", null],
  ["rangeSize", 0],
  ["rangeSize", -327_680],
  ["rangeSize", 1.5],
  ["rangeSize", NaN],
  ["rangeSize", Infinity],
  ["rangeSize", "4"],
  ["retries", -1],
  ["retries", 0.5],
  ["retries", NaN],
  ["delay", -1],
  ["delay", Infinity],
  ["delay", 2_147_483_648],
  ["timeout", 0],
  ["timeout", -1],
  ["timeout", Infinity],
  ["timeout", {}],
])("%s: %p is refused by name and value, before anything is sent", async (name, value) => {
  const error = (await thrownBy(() => settings({}, { [name]: value }))) as UploadError;
  expect(error).toBeInstanceOf(UploadError);
  expect(error).toBeInstanceOf(GraphClientError);
  expect(error.code).toBe("invalid");
  expect(error.message).toMatch(new RegExp(`^${name} must be a whole number of at least \\d`));
  expect(error.message).toContain(`but is ${String(value)}.`);
});

test("a file is large above the threshold, which is 3,000,000 bytes where nobody says otherwise", () => {
  expect([3_000_000, 3_000_001].map((size) => isLarge(size, {}))).toEqual([false, true]);
  expect([10, 11].map((size) => isLarge(size, { threshold: 10 }))).toEqual([false, true]);
});
