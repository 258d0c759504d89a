/** The particular rules of files of OneDrive and SharePoint, with the real Graph client against the emulator. */
import { Client, GraphError, type Context } from "@microsoft/microsoft-graph-client";
import { startEmulator, type DriveFile, type Emulator, type RequestLogEntry } from "../../src/emulator/index.js";
import type { RequestKind } from "../../src/emulator/api.js";
import { defaultVariations, type Variations } from "../../src/emulator/variations.js";
import { LargeAttachmentTask, UploadError, withLargeAttachments, type AttachOptions } from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

const unit = 327_680;
const large = fileOf(2 * unit + 77);
const little = fileOf(100);
const older = fileOf(50);
const options = { threshold: 9_999, rangeSize: unit, delay: 1, retries: 2 };

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => (emulator.reset(), emulator.vary(defaultVariations)));
afterEach(() => emulator.verifyFaults());
afterEach(() =>
  expect(emulator.requests.filter(({ origin, authorized }) => origin === "drive" && authorized)).toEqual([]),
);
afterAll(() => emulator.close());

const vary = (changes: Partial<Variations>) => emulator.vary(changes);
const client = () => withLargeAttachments(clientOf(emulator), options);
const attach = (path: string, bytes: Uint8Array, more: AttachOptions = {}) => client().api(path).attach(bytes, more);
const create = (path: string, bytes: Uint8Array, more: AttachOptions = {}) =>
  LargeAttachmentTask.create(clientOf(emulator), path, bytes, { ...options, ...more });
const sent = (kind: RequestKind): RequestLogEntry[] => emulator.requests.filter((entry) => entry.kind === kind);
const files = (drive = emulator.drive) => drive.files().map(({ filePath, sha256 }) => [filePath, sha256]);
const site = "contoso.sharepoint.com,2C712604-1370-44E7-A1F5-426573FDA80A,2D2244C3-251A-49EA-93A8-39E1C3A060FE";

/** Spellings of where a file goes: in which drive, how, and where it is to be found then. */
const inFolder: Record<string, [drive: string, url: (drive: string, folder: string, drives: string) => string]> = {
  "a path from the root": ["/me/drive", (drive) => `${drive}/root:/Reports/a.bin:`],
  "a path from the root, without its last colon": ["/me/drive", (drive) => `${drive}/root:/Reports/a.bin`],
  "the content of a path": ["/me/drive", (drive) => `${drive}/root:/Reports/a.bin:/content`],
  "the session of a path": ["/me/drive", (drive) => `${drive}/root:/Reports/a.bin:/createUploadSession`],
  "a path from a folder": ["/me/drive", (drive, folder) => `${drive}/items/${folder}:/a.bin:`],
  "a path from a folder in parentheses": ["/me/drive", (drive, folder) => `${drive}/items('${folder}'):/a.bin:`],
  "the children of a folder": ["/me/drive", (drive, folder) => `${drive}/items/${folder}/children`],
  "the children of a path": ["/me/drive", (drive) => `${drive}/root:/Reports:/children`],
  "other letter case": ["/me/drive", (drive) => `${drive.toUpperCase()}/ROOT:/Reports:/Children`],
  "a user": ["/users/adele@contoso.example/drive", (drive) => `${drive}/root:/Reports/a.bin:`],
  "a user in parentheses": ["/users/u7/drive", () => `/users('u7')/drive/root:/Reports/a.bin:`],
  "a group": ["/groups/g1/drive", (drive) => `${drive}/root:/Reports/a.bin:`],
  "a site by its id": [`/sites/${site}/drive`, (drive) => `${drive}/root:/Reports/a.bin:`],
  "a site by host and path": [
    "/sites/contoso.sharepoint.com:/sites/team:/drive",
    (drive) => `${drive}/root:/Reports/a.bin:`,
  ],
  "a site's children by host and path": [
    "/sites/contoso.sharepoint.com:/sites/team:/drive",
    (drive, folder) => `${drive}/items/${folder}/children`,
  ],
  "a drive by its id": ["/groups/g1/drive", (_, __, id) => `/drives/${id}/root:/Reports/a.bin:`],
  "a folder of a drive by its id": ["/groups/g1/drive", (_, folder, id) => `/drives/${id}/items/${folder}:/a.bin:`],
  "one of a user's drives": ["/me/drive", (_, folder, id) => `/me/drives/${id}/items/${folder}/children`],
};

describe.each(Object.entries(inFolder))("a file at %s", (_, [path, url]) => {
  test.each([
    ["one request", little],
    ["a session", large],
  ])("goes there by %s", async (_, bytes) => {
    const drive = emulator.drive.of(path);
    const folder = drive.addFolder("/Reports");
    const made = await attach(url(path, folder.id, drive.id), bytes, { name: "a.bin" });
    expect(files(drive)).toEqual([["/Reports/a.bin", sha256(bytes)]]);
    expect(made).toMatchObject({ id: drive.file("/Reports/a.bin").id, name: "a.bin", size: bytes.length });
  });
});

test.each([
  ["the root's children", "/me/drive/root/children", "/a.bin"],
  ["the root itself, which is a folder", "/me/drive/root", "/a.bin"],
  ["a special folder's children", "/me/drive/special/documents/children", "/Documents/a.bin"],
  ["a path from a special folder", "/me/drive/special/documents:/2026/a.bin:", "/Documents/2026/a.bin"],
  ["folders that are not there yet", "/me/drive/root:/x/y%20z/a.bin:", "/x/y z/a.bin"],
])("a file goes to %s", async (_, path, filePath) => {
  for (const bytes of [little, large]) {
    emulator.reset();
    await attach(path, bytes, { name: "a.bin" });
    expect(files()).toEqual([[filePath, sha256(bytes)]]);
  }
});

/** Spellings of a file that is there, whose bytes are replaced. */
const byId: Record<string, (file: DriveFile, drive: string) => string> = {
  "its id": ({ id }) => `/sites/${site}/drive/items/${id}`,
  "its id, in parentheses": ({ id }) => `/sites('${site}')/drive/items('${id}')`,
  "its content": ({ id }) => `/sites/${site}/drive/items/${id}/content`,
  "its session": ({ id }) => `/sites/${site}/drive/items/${id}/createUploadSession`,
  "its id in a drive": ({ id }, drive) => `/drives/${drive}/items/${id}`,
  "a share": ({ webUrl }) => `/shares/u!${Buffer.from(webUrl).toString("base64url")}/driveItem`,
  "its list item": ({ listItemId }) => `/sites/${site}/lists/Documents/items/${listItemId}/driveItem`,
};

test.each(Object.entries(byId))("a file that is named by %s has its bytes replaced", async (_, url) => {
  const drive = emulator.drive.of(`/sites/${site}/drive`);
  const file = drive.addFile("/Reports/a.bin", older);
  for (const bytes of [little, large]) {
    const made = await attach(url(file, drive.id), bytes);
    expect(made).toMatchObject({ id: file.id, name: "a.bin", size: bytes.length });
    expect(files(drive)).toEqual([["/Reports/a.bin", sha256(bytes)]]);
  }
});

const names = [
  ...["a b.bin", "Übergröße.bin", "e\u0301.bin", "日本語.bin", "👩‍👩‍👧.bin", "50%.bin", "100%25.bin", "a#b.bin"],
  ...[
    "it's.bin",
    "''.bin",
    "a+b.bin",
    "a&b=c.bin",
    "a(1).bin",
    "a;b,c@d$e!.bin",
    "[a]{b}.bin",
    "^`~.bin",
    "a.b.c",
    "a",
  ],
];

test.each(names)("a file is named %s, whichever way the name is told", async (name) => {
  const folder = emulator.drive.addFolder("/Reports & more");
  const ways = [
    `/me/drive/root:/Reports%20%26%20more/${encodeURIComponent(name)}:`,
    `/me/drive/items/${folder.id}/children`,
  ];
  for (const path of ways)
    for (const bytes of [little, large]) {
      const made = await attach(path, bytes, {
        ...(path.endsWith("children") ? { name } : {}),
        conflictBehavior: "replace",
      });
      expect(made).toMatchObject({ name });
      expect(files()).toEqual([[`/Reports & more/${name}`, sha256(bytes)]]);
    }
});

test("a name that the URL says already cannot be another one", async () => {
  const attaching = attach("/me/drive/root:/a.bin:", large, { name: "b.bin" });
  await expect(attaching).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining("a.bin") });
  expect(emulator.requests).toEqual([]);
});

const path = "/me/drive/root:/Reports/a.bin:";

describe.each([
  ["one request", little],
  ["a session", large],
])("beside a file of that name, by %s,", (_, bytes) => {
  let there: { id: string };
  beforeEach(() => void (there = emulator.drive.addFile("/Reports/a.bin", older)));
  const old = ["/Reports/a.bin", sha256(older)];

  test.each([{}, { conflictBehavior: "fail" as const }])("a file is refused by default (%j)", async (asked) => {
    const error = await attach(path, bytes, asked).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GraphError);
    expect(error).toMatchObject({ statusCode: 409, code: "nameAlreadyExists" });
    expect((error as Error).message).toMatch(/Give \{ conflictBehavior: "replace" \} or "rename"/);
    expect(files()).toEqual([old]);
    expect(emulator.sessions.filter(({ state }) => state === "open")).toEqual([]);
  });

  test("a file replaces it", async () => {
    expect(await attach(path, bytes, { conflictBehavior: "replace" })).toMatchObject({ id: there.id, name: "a.bin" });
    expect(files()).toEqual([["/Reports/a.bin", sha256(bytes)]]);
  });

  test("a file gets another name", async () => {
    const made = await attach(path, bytes, { conflictBehavior: "rename" });
    expect(made).toMatchObject({ name: "a 1.bin", id: emulator.drive.file("/Reports/a 1.bin").id });
    expect(files()).toEqual([old, ["/Reports/a 1.bin", sha256(bytes)]]);
  });
});

describe("a last reply that is lost", () => {
  const lost = { on: { kind: "range", range: "last" }, reset: "after" } as const;
  const once = () => expect(sent("range").map(({ bodyBytes }) => bodyBytes)).toEqual([unit, unit, 77]);

  test.each(["fail", "replace", "rename"] as const)("is found out about, with %s", async (conflictBehavior) => {
    emulator.fault(lost);
    const made = await attach(path, large, { conflictBehavior });
    expect(made).toMatchObject({ id: emulator.drive.file("/Reports/a.bin").id, name: "a.bin", size: large.length });
    once();
  });

  test.each([
    ["smaller", older],
    ["as large", fileOf(large.length)],
  ])("is found out about where a file that is %s was replaced", async (_, before) => {
    emulator.drive.addFile("/Reports/a.bin", before);
    emulator.fault(lost);
    expect(await attach(path, large, { conflictBehavior: "replace" })).toMatchObject({ size: large.length });
    expect(files()).toEqual([["/Reports/a.bin", sha256(large)]]);
    once();
  });

  test("is found out about where the service gave another name, and the older files are not taken for it", async () => {
    emulator.drive.addFile("/Reports/a.bin", fileOf(large.length));
    emulator.drive.addFile("/Reports/a 1.bin", fileOf(large.length));
    emulator.drive.addFile("/Reports/b.bin", fileOf(large.length));
    vary({ drivePageSize: 2 });
    emulator.fault(lost);
    const made = await attach(path, large, { conflictBehavior: "rename" });
    const file = emulator.drive.file("/Reports/a 2.bin");
    expect(made).toMatchObject({ id: file.id, name: "a 2.bin" });
    expect(file.sha256).toBe(sha256(large));
    once();
  });

  test("is found out about by an item's id", async () => {
    const { id } = emulator.drive.addFile("/Reports/a.bin", fileOf(large.length));
    emulator.fault(lost);
    expect(await attach(`/me/drive/items/${id}`, large)).toMatchObject({ id, size: large.length });
    expect(files()).toEqual([["/Reports/a.bin", sha256(large)]]);
    once();
  });

  test("that said that the name is taken is never read as a success", async () => {
    emulator.drive.addFile("/Reports/a.bin", fileOf(large.length));
    emulator.fault(lost);
    await expect(attach(path, large)).rejects.toMatchObject({ statusCode: 409 });
  });

  test("is not taken for another file that somebody put there meanwhile", async () => {
    emulator.fault({ ...lost, reset: "before" });
    const putAnother = ({ loaded }: { loaded: number }) =>
      void (loaded === 2 * unit && emulator.drive.addFile("/Reports/a.bin", older));
    const error = await attach(path, large, { onProgress: putAnother }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(files()).toEqual([["/Reports/a.bin", sha256(older)]]);
  });

  test("of one request is no reason to send it again, nor to say that it failed, where it may have replaced a file", async () => {
    emulator.fault({ on: { kind: "post" }, reset: "after", times: 3 });
    const attaching = attach(path, little, { conflictBehavior: "replace" });
    await expect(attaching).rejects.toMatchObject({ code: "uncertain" });
    emulator.fault({ on: { kind: "post" }, status: 503, after: true }, { on: { kind: "post" }, status: 403 });
    const refused = attach(path, little, { conflictBehavior: "replace" });
    await expect(refused).rejects.toMatchObject({ code: "uncertain" });
    emulator.fault({ on: { kind: "post" }, reset: "after" });
    expect(await attach(path, little, { conflictBehavior: "replace" })).toMatchObject({ name: "a.bin" });
  });
});

test("a session whose creation nobody heard of stands in the way, which the refusal explains", async () => {
  emulator.fault({ on: { kind: "create" }, cutReply: true });
  await expect(attach(path, large)).rejects.toMatchObject({
    statusCode: 409,
    message: expect.stringContaining("ends when its session expires"),
  });
});

test("a name that is taken at the last byte keeps the session of a task, which the documented PUT turns into a file", async () => {
  const folder = emulator.drive.addFolder("/Reports");
  emulator.drive.addFile("/Reports/a.bin", older);
  const task = await create(path, large);
  const error = await task.upload().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(GraphError);
  expect(error).toMatchObject({ statusCode: 409, code: "nameAlreadyExists" });
  expect(emulator.sessions).toMatchObject([{ state: "open", offset: large.length }]);
  const made = (await client().api(`/me/drive/items/${folder.id}`).put({
    name: "a.bin",
    "@microsoft.graph.conflictBehavior": "rename",
    "@microsoft.graph.sourceUrl": task.session.uploadUrl,
  })) as { name: string };
  expect(made).toMatchObject({ name: "a 1.bin" });
  expect(files()).toEqual([
    ["/Reports/a.bin", sha256(older)],
    ["/Reports/a 1.bin", sha256(large)],
  ]);
});

test("a drive that is full is told with its status, and the task goes on when there is space again", async () => {
  emulator.drive.setQuota(unit + 10);
  const task = await create(path, large);
  await expect(task.upload()).rejects.toMatchObject({
    statusCode: 507,
    code: "quotaLimitReached",
    message: expect.stringContaining("Free some space"),
  });
  emulator.drive.setQuota(10 * unit);
  const before = sent("range").length;
  expect(await task.resume()).toMatchObject({ name: "a.bin", size: large.length });
  expect(sent("range").slice(before)).toHaveLength(2);
  expect(files()).toEqual([["/Reports/a.bin", sha256(large)]]);
});

test.each([
  ["if-match", '"{other},1"'],
  ["if-none-match", "*"],
])("a condition that does not hold (%s) is a GraphError of 412, and the file stays as it was", async (name, value) => {
  emulator.drive.addFile("/Reports/a.bin", older);
  for (const bytes of [little, large]) {
    const error = await client()
      .api(path)
      .header(name, value)
      .attach(bytes, { conflictBehavior: "replace" })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GraphError);
    expect(error).toMatchObject({ statusCode: 412 });
  }
  expect(files()).toEqual([["/Reports/a.bin", sha256(older)]]);
});

test("a condition that holds lets the file be replaced", async () => {
  const { eTag } = emulator.drive.addFile("/Reports/a.bin", older);
  await client().api(path).header("if-match", eTag).attach(large, { conflictBehavior: "replace" });
  expect(files()).toEqual([["/Reports/a.bin", sha256(large)]]);
});

test.each([
  ["a small file", little],
  ["a large file", large],
])("what people read beside %s, and its dates, arrive with it by a session", async (_, bytes) => {
  const fileSystemInfo = { createdDateTime: "2001-02-03T04:05:06Z", lastModifiedDateTime: "2011-02-03T04:05:06Z" };
  const made = await attach(path, bytes, { description: "Q3, “final”", fileSystemInfo });
  expect(made).toMatchObject({ description: "Q3, “final”", fileSystemInfo });
  expect(emulator.drive.file("/Reports/a.bin")).toMatchObject({
    ...{ via: "session", description: "Q3, “final”", fileSystemInfo, sha256: sha256(bytes) },
  });
  expect(sent("post")).toEqual([]);
});

describe.each(["business", "personal"] as const)("a deferred file of a %s drive", (driveKind) => {
  beforeEach(() => vary({ driveKind }));
  const held = () => expect(files()).toEqual([["/Reports/a.bin", sha256(large)]]);
  const ranges = () => sent("range").length;

  test.each(["fail", "replace", "rename"] as const)("appears by a request of its own, with %s", async (behavior) => {
    const seen: unknown[] = [];
    const onProgress = () => void seen.push(...files());
    const made = await attach(path, large, { deferCommit: true, conflictBehavior: behavior, onProgress });
    expect(made).toMatchObject({ name: "a.bin", size: large.length });
    expect(seen.slice(0, -1)).toEqual([]);
    expect([ranges(), sent("commit").length]).toEqual([3, 1]);
    held();
  });

  test("is small, and goes by a session nonetheless", async () => {
    await attach(path, little, { deferCommit: true });
    expect(emulator.drive.file("/Reports/a.bin")).toMatchObject({ via: "session", sha256: sha256(little) });
  });

  test.each(["before", "after"] as const)("is there once though the connection broke %s its commit", async (reset) => {
    emulator.fault({ on: { kind: "commit" }, reset });
    const made = await attach(path, large, { deferCommit: true });
    expect(made).toMatchObject({ id: emulator.drive.file("/Reports/a.bin").id });
    expect(ranges()).toBe(3);
    held();
  });

  test.each([
    { driveDeferredRanges: "absent" as const },
    { driveDeferredRanges: "absent" as const, driveStatusRanges: "absent" as const },
  ])("is committed where the service does not say that it has all bytes (%j)", async (varied) => {
    vary(varied);
    await attach(path, large, { deferCommit: true });
    expect([ranges(), sent("commit").length]).toEqual([3, 1]);
    held();
  });

  test.each(["upload", "resume"] as const)(
    "whose commit failed is committed by %s, without a byte again",
    async (way) => {
      emulator.fault({
        on: { kind: "commit" },
        status: 423,
        body: { error: { code: "resourceLocked", message: "No." } },
      });
      const task = await create(path, large, { deferCommit: true });
      await expect(task.upload()).rejects.toMatchObject({
        statusCode: 423,
        message: expect.stringContaining("has the file open"),
      });
      const stored = JSON.stringify(task.session);
      const restored = await LargeAttachmentTask.restore(clientOf(emulator), JSON.parse(stored), large, options);
      expect(await restored[way]()).toMatchObject({ name: "a.bin", size: large.length });
      expect(ranges()).toBe(3);
      held();
    },
  );
});

test("an empty file goes by one request, and has no session", async () => {
  expect(await attach(path, new Uint8Array(0))).toMatchObject({ name: "a.bin", size: 0 });
  expect(emulator.requests.map(({ kind }) => kind)).toEqual(["post"]);
});

test.each([1, 100_000, unit, unit + 1, 2 * unit - 1])(
  "a rangeSize of %d is made a multiple of 320 KiB",
  async (rangeSize) => {
    await attach(path, large, { rangeSize });
    expect(sent("range").map(({ bodyBytes }) => bodyBytes)).toEqual([unit, unit, 77]);
  },
);

test("a rangeSize is at most 191 × 320 KiB, which is less than 60 MiB", async () => {
  await attach(path, large, { rangeSize: 62_586_880 });
  expect(sent("range")).toHaveLength(1);
  const attaching = attach("/me/drive/root:/b.bin:", large, { rangeSize: 62_914_560 });
  await expect(attaching).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining("62586880") });
});

test.each(["all", "first", "absent"] as const)(
  "ranges stay whole multiples where the service wants several, and tells %s when asked",
  async (driveStatusRanges) => {
    vary({ driveRanges: "several", driveStatusRanges });
    emulator.fault({ on: { range: 1 }, reset: "after" }, { on: { range: "middle" }, reset: "before" });
    const file = fileOf(5 * unit + 9);
    await attach(path, file, { rangeSize: 2 * unit });
    expect(files()).toEqual([["/Reports/a.bin", sha256(file)]]);
    const whole = ({ contentRange, bodyBytes }: RequestLogEntry) =>
      contentRange!.includes(`-${file.length - 1}/`) || bodyBytes % unit === 0;
    expect(sent("range").filter((range) => !whole(range))).toEqual([]);
  },
);

test("bytes that are there already (416) are not sent once more, for the service says where to go on", async () => {
  const invalidRange = { error: { code: "invalidRange", message: "The range was already received." } };
  emulator.fault({ on: { range: "middle" }, status: 416, after: true, body: invalidRange });
  await attach(path, large);
  expect(sent("range").map(({ bodyBytes }) => bodyBytes)).toEqual([unit, unit, 77]);
  expect(sent("status")).toHaveLength(1);
});

test("a session that has ended while nobody looked is begun again, from the first byte", async () => {
  const task = await create(path, large);
  emulator.fault({ on: { range: "last" }, gone: true, status: 401 });
  expect(await task.upload()).toMatchObject({ size: large.length });
  expect(files()).toEqual([["/Reports/a.bin", sha256(large)]]);
});

test("a file of 10 GB ends with its exact offsets, for these are beyond what 32 bits hold", async () => {
  const size = 10_000_000_001;
  const block = new Uint8Array(62_586_880);
  const ends: number[] = [];
  const service = {
    async execute(context: Context) {
      const { method, headers } = context.options as { method: string; headers: Record<string, string> };
      const json = (status: number, body: object) => (context.response = Response.json(body, { status }));
      if (method === "GET") return void json(404, { error: { code: "itemNotFound" } });
      if (method === "POST") return void json(200, { uploadUrl: "https://up.example/x" });
      const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers["Content-Range"]!)!.slice(1).map(Number);
      const [start, last, total] = range as [number, number, number];
      expect([start, total]).toEqual([ends.at(-1) ?? 0, size]);
      ends.push(last + 1);
      const done = last + 1 === total;
      json(done ? 201 : 202, done ? { id: "1", size } : { nextExpectedRanges: [`${last + 1}-${total - 1}`] });
    },
  };
  // Blobs that share their bytes, for copies of 10 GB take longer than all the rest
  const piece = (bytes: number) => (bytes === block.length ? block.buffer : block.buffer.slice(0, bytes));
  const slice = (start: number, end: number) =>
    Object.assign(new Blob(), { arrayBuffer: async () => piece(end - start) });
  const file = { size, slice };
  const progress: number[] = [];
  const own = withLargeAttachments(Client.initWithMiddleware({ middleware: service }), { rangeSize: block.length });
  const before = process.memoryUsage().rss;
  const made = await own.api(path).attach(file, { onProgress: ({ loaded }) => progress.push(loaded) });
  expect(made).toEqual({ id: "1", size });
  expect(ends).toHaveLength(Math.ceil(size / block.length));
  expect(ends.slice(-3)).toEqual([158 * block.length, 159 * block.length, size]);
  expect(progress).toEqual(ends);
  expect(process.memoryUsage().rss - before).toBeLessThan(600_000_000);
});

test("what fails tells no upload URL and no token", async () => {
  emulator.fault({ on: { kind: "range" }, reset: "before", times: 3 });
  const error = (await attach(path, large).catch((reason: unknown) => reason)) as UploadError;
  expect(error).toMatchObject({ code: "interrupted" });
  const shown = `${error.message}${error.stack}${JSON.stringify(error)}${String((error as { cause?: Error }).cause)}`;
  for (const secret of [error.session!.uploadUrl, "tempauth", emulator.token]) expect(shown).not.toContain(secret);
});
