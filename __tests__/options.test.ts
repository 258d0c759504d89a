import { GraphClientError } from "@microsoft/microsoft-graph-client";
import { UploadError } from "../src/errors.js";
import { LargeAttachmentHandlerOptions } from "../src/middlewareOptions.js";
import type { UploadOptions } from "../src/options.js";
import { isLarge, resolveOptions } from "../src/settings.js";
import { thrownBy } from "./support/fakes";

const defaults = { retries: 5, delay: 1000, timeout: 300_000 };

test("missing options get the documented defaults, except threshold and rangeSize, which the protocol may decide", () => {
  expect(resolveOptions()).toEqual(defaults);
  expect(resolveOptions(undefined, {}, { rangeSize: undefined })).toEqual(defaults);
});

test("each later option wins, and undefined never does, so that a call can override a client", () => {
  const { signal } = new AbortController();
  const onProgress = () => {};
  const client = { threshold: 0, rangeSize: 10, retries: 1, onProgress };
  const call = { threshold: undefined, rangeSize: 20, onProgress: undefined, signal };
  expect(resolveOptions(client, undefined, call)).toEqual({ ...defaults, ...client, rangeSize: 20, signal });
});

test("the objects of the caller stay unchanged", () => {
  const client: UploadOptions = Object.freeze({ retries: 1 });
  const call: UploadOptions = Object.freeze({ delay: 5 });
  expect(resolveOptions(client, call)).toEqual({ ...defaults, retries: 1, delay: 5 });
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
  expect(resolveOptions({ [name]: value })).toEqual({ ...defaults, [name]: value });
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
])("the option %s is refused with the value %p, and the message names both", async (name, value) => {
  const error = (await thrownBy(() => resolveOptions({}, { [name]: value }))) as UploadError;
  expect(error).toBeInstanceOf(UploadError);
  expect(error).toBeInstanceOf(GraphClientError);
  expect(error.code).toBe("invalid");
  expect(error.message).toMatch(new RegExp(`^${name} must be a whole number of at least \\d`));
  expect(error.message).toContain(`but is ${String(value)}.`);
});

test("a file is large above the threshold, which is 3,000,000 bytes by default", () => {
  expect([3_000_000, 3_000_001].map((size) => isLarge(size, {}))).toEqual([false, true]);
  expect([10, 11].map((size) => isLarge(size, { threshold: 10 }))).toEqual([false, true]);
});
