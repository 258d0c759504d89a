import { createJob, limitOf, type Sending } from "../../src/attach/createJob.js";
import { UploadError } from "../../src/errors.js";
import type { Content, FileInfo } from "../../src/file.js";
import { Traffic } from "../../src/http/traffic.js";
import type { UploadOptions } from "../../src/options.js";
import { resolveOptions } from "../../src/settings.js";
import type { Protocol } from "../../src/protocol.js";
import { azureDevOps } from "../../src/protocols/azureDevOps.js";
import { drive } from "../../src/protocols/drive.js";
import { outlook } from "../../src/protocols/outlook.js";
import { print } from "../../src/protocols/print.js";
import { todo } from "../../src/protocols/todo.js";
import type { Job } from "../../src/upload/job.js";
import { COLLECTION, thrownBy } from "../support/fakes";

const execute = jest.fn(async () => {});

interface Given {
  readonly protocol?: Protocol;
  readonly collection?: string;
  readonly options?: UploadOptions;
  readonly file?: { readonly [K in keyof FileInfo]?: unknown };
  readonly size?: number;
}

/** Creates a job of a file of ten bytes, with these differences. */
function creating(given: Given = {}): { sending: Sending; content: Content; create: () => Job } {
  const { protocol = outlook, collection = COLLECTION, options, file = { name: "flower" }, size = 10 } = given;
  const content: Content = { size, anywhere: true, read: async () => new Uint8Array(0), close: () => {} };
  const call = { context: { request: COLLECTION, options: {} }, next: { execute } };
  const sending = { call, settings: resolveOptions(options), traffic: new Traffic() };
  return { sending, content, create: () => createJob(sending, { protocol, collection }, content, file as FileInfo) };
}
const rangeSizeOf = (given: Given) => creating(given).create().service.settings.rangeSize;

async function refusalOf(given: Given): Promise<[code: string, message: string]> {
  const error = (await thrownBy(creating(given).create)) as UploadError;
  expect(error).toBeInstanceOf(UploadError);
  expect(execute).not.toHaveBeenCalled();
  return [error.code, error.message];
}

test("a job contains what is known, with the size of the content, and sends nothing", () => {
  const file = { name: "a", contentType: "x/y", contentId: "c" };
  const { sending, content, create } = creating({ file, size: 7 });
  const job = create();
  expect(job).toMatchObject({ protocol: outlook, collection: COLLECTION, file: { ...file, size: 7 } });
  expect(job.content).toBe(content);
  expect(job.turn).toBe("AAMkADI5MAAIT3drCAAA=");
  expect([job.service.api, job.service.traffic]).toEqual([outlook.api, sending.traffic]);
  expect(job.service.settings).toEqual({ ...sending.settings, threshold: 3_000_000, rangeSize: undefined });
  expect(execute).not.toHaveBeenCalled();
});

test.each(["", "   ", undefined, null, 7])(
  "the name %p is refused, because the service would refuse it",
  async (name) => {
    expect(await refusalOf({ file: { name } })).toEqual(["invalid", expect.stringMatching(/needs a name.*\{ name \}/)]);
  },
);

test("a name with half of a character is refused only if a URL has to carry it", async () => {
  const file = { name: "a\ud83c.bin" };
  expect(await refusalOf({ protocol: drive, file })).toEqual([
    "invalid",
    expect.stringContaining("half of a character"),
  ]);
  expect(creating({ file }).create().file.name).toBe(file.name);
});

test.each([
  { label: "Outlook", protocol: outlook, most: 157_286_400 },
  { label: "To Do", protocol: todo, most: 26_214_400 },
])("a file over the limit of $label is refused before its first byte", async ({ label, protocol, most }) => {
  expect(limitOf({ protocol, collection: COLLECTION }, resolveOptions())).toBe(most);
  expect(creating({ protocol, size: most }).create().file.size).toBe(most);
  const [code, message] = await refusalOf({ protocol, size: most + 1 });
  expect(code).toBe("tooLarge");
  expect(message).toContain(`flower has ${most + 1} bytes; ${label} takes up to ${most} bytes.`);
});

test("the message about a large file names its size, the limit, and what to do instead", async () => {
  const size = 200_000_000;
  expect(await refusalOf({ size })).toEqual([
    "tooLarge",
    'flower has 200 MB; Outlook takes up to 157 MB. attach(file, { overflow: "link" }) uploads it to OneDrive and attaches a link.',
  ]);
  expect((await refusalOf({ protocol: todo, size }))[1]).toMatch(/Share a link to it instead\.$/);
  expect(creating({ size, options: { maxSize: size } }).create().file.size).toBe(size);
  expect((await refusalOf({ size: 1_001, options: { maxSize: 1_000 } }))[1]).toContain(
    "flower has 1001 bytes; Outlook takes up to 1000 bytes.",
  );
});

test.each([outlook, todo])("$api.label takes only ranges of less than 4 MB", async (protocol) => {
  expect(rangeSizeOf({ protocol, options: { rangeSize: 3_999_999 } })).toBe(3_999_999);
  expect(await refusalOf({ protocol, options: { rangeSize: 4_000_000 } })).toEqual([
    "invalid",
    `rangeSize is 4000000, but for ${protocol.api.label} it must be at most 3999999 bytes.`,
  ]);
});

test("rangeSize is rounded down to a multiple of the unit of the service", async () => {
  const protocol = { ...outlook, session: { ...outlook.session, limits: { range: 100, unit: 20 } } };
  const sizes = [1, 20, 40, 50, 59, 119].map((rangeSize) => rangeSizeOf({ protocol, options: { rangeSize } }));
  expect(sizes).toEqual([20, 20, 40, 40, 40, 100]);
  expect(await refusalOf({ protocol, options: { rangeSize: 120 } })).toEqual([
    "invalid",
    "rangeSize is 120, but for Outlook it must be at most 100 bytes.",
  ]);
});

test.each<[string, Protocol, Given, number]>([
  ["3 MB by default", outlook, {}, 3_000_000],
  ["that of the service, if it has one", drive, {}, 4_194_304],
  ["the option, if it is given", drive, { options: { threshold: 7 } }, 7],
  ["negative for metadata that one request cannot carry", drive, { file: { name: "a", description: "b" } }, -1],
  ["negative if the service has no single request", print, { options: { threshold: 7 } }, -1],
])("the threshold is %s", (_, protocol, given, threshold) => {
  expect(creating({ ...given, protocol }).create().service.settings.threshold).toBe(threshold);
});

test("an empty file is refused if only a session could carry it", async () => {
  expect(await refusalOf({ protocol: print, size: 0 })).toEqual(["invalid", expect.stringMatching(/flower is empty/)]);
  expect(creating({ size: 0 }).create().file.size).toBe(0);
  expect(creating({ protocol: azureDevOps, size: 0 }).create().turn).toBeUndefined();
});
