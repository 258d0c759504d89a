/** Where a file of a drive goes when its URL says it by an id, a key or a special folder. */
import { Client, GraphError } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { defaultVariations } from "../../src/emulator/variations.js";
import { LargeAttachmentTask, withLargeAttachments, type AttachOptions } from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

const unit = 327_680;
const little = fileOf(100);
const large = fileOf(2 * unit + 77);
const older = fileOf(50);
const options = { threshold: 9_999, rangeSize: unit, delay: 1, retries: 2 };
const fileSystemInfo = { createdDateTime: "2001-02-03T04:05:06Z", lastModifiedDateTime: "2011-02-03T04:05:06Z" };

let emulator: Emulator;
let client: Client;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => {
  emulator.reset();
  emulator.vary(defaultVariations);
  client = withLargeAttachments(clientOf(emulator), options);
});
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

const files = (drive = emulator.drive) => drive.files().map(({ filePath, sha256 }) => [filePath, sha256]);
const create = (path: string, file: Blob, more: AttachOptions = {}) =>
  LargeAttachmentTask.create(clientOf(emulator), path, file, { ...options, ...more });
const failed = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: GraphError) => error,
  );
const both = [
  ["one request", little],
  ["a session", large],
] as const;

describe.each(both)("a folder's id, by %s,", (_, bytes) => {
  test("takes a file that knows its name into the folder", async () => {
    const folder = emulator.drive.addFolder("/Reports");
    const made = await client.api(`/me/drive/items/${folder.id}`).attach(new File([bytes], "a.bin"));
    expect(made).toMatchObject({ name: "a.bin", size: bytes.length });
    expect(files()).toEqual([["/Reports/a.bin", sha256(bytes)]]);
  });

  test("takes a stream of a stated size, whose name is not known, nowhere: the error says /children", async () => {
    const folder = emulator.drive.addFolder("/Reports");
    const error = await failed(client.api(`/me/drive/items/${folder.id}`).attach(new Blob([bytes])));
    expect(error).toMatchObject({ statusCode: 400, message: expect.stringContaining("/children") });
    expect(files()).toEqual([]);
  });

  test("does not let the file replace another one unless that was said", async () => {
    const folder = emulator.drive.addFolder("/Reports");
    emulator.drive.addFile("/Reports/a.bin", older);
    const file = new File([bytes], "a.bin");
    const attaching = client.api(`/me/drive/items/${folder.id}`).attach(file);
    expect(await failed(attaching)).toMatchObject({ statusCode: 409, code: "nameAlreadyExists" });
    await client.api(`/me/drive/items/${folder.id}`).attach(file, { conflictBehavior: "replace" });
    expect(files()).toEqual([["/Reports/a.bin", sha256(bytes)]]);
  });
});

test("a task at a folder's id puts the file into the folder", async () => {
  const folder = emulator.drive.addFolder("/Reports");
  const task = await create(`/me/drive/items/${folder.id}`, new File([large], "a.bin"));
  expect(task.session.file.name).toBe("a.bin");
  await task.upload();
  expect(files()).toEqual([["/Reports/a.bin", sha256(large)]]);
});

test("a task at a file's id tells the name of the file, and is restored", async () => {
  const { id } = emulator.drive.addFile("/Reports/a.bin", older);
  const file = new File([large], "b.bin");
  const task = await create(`/me/drive/items/${id}`, file);
  expect(task.session.file.name).toBe("b.bin");
  const again = await LargeAttachmentTask.restore(clientOf(emulator), JSON.parse(JSON.stringify(task.session)), file);
  expect(await again.resume()).toMatchObject({ id, name: "a.bin" });
  expect(files()).toEqual([["/Reports/a.bin", sha256(large)]]);
});

test.each(["", "x/a.bin"])("a file's id takes content whose own name, %j, could be none", async (own) => {
  const { id } = emulator.drive.addFile("/Reports/a.bin", older);
  for (const [, bytes] of both) await client.api(`/me/drive/items/${id}`).attach(new File([bytes], own));
  expect(files()).toEqual([["/Reports/a.bin", sha256(large)]]);
});

test("a name next to an id is invalid, which does not take the id for a name", async () => {
  const { id } = emulator.drive.addFile("/Reports/a.bin", older);
  const error = await failed(client.api(`/me/drive/items/${id}`).attach(large, { name: "b.bin" }));
  expect(error).toMatchObject({ code: "invalid", message: expect.stringMatching(/by its id.*\/children/s) });
  expect(error!.message).not.toContain(id);
  expect(emulator.requests).toEqual([]);
});

const root = "/me/drive/root";
test.each([
  ["/me/drive/items/root", "/a.bin"],
  ["/me/drive/items('root')", "/a.bin"],
  ["/me/drive/items/root/children", "/a.bin"],
  [`${root}/children('a.bin')`, "/a.bin"],
  [`${root}/children(%27a.bin%27)/content`, "/a.bin"],
  [`${root}/children('it''s%20new.bin')/createUploadSession`, "/it's new.bin"],
  [`${root}/children/a.bin/content`, "/a.bin"],
  [`${root}:/Reports:/children/a.bin/content`, "/Reports/a.bin"],
  [`${root}:/Reports:/children('a.bin')`, "/Reports/a.bin"],
])("%s is recognized: the file goes to %s", async (path, filePath) => {
  for (const [, bytes] of both) {
    emulator.reset();
    const file = new File([bytes], filePath.slice(filePath.lastIndexOf("/") + 1));
    await client.api(path).attach(file);
    expect(files()).toEqual([[filePath, sha256(bytes)]]);
  }
});

test("the list item of a drive or of a share is recognized", async () => {
  const drive = emulator.drive.of("/sites/contoso.sharepoint.com,1,2/drive");
  const { listItemId, webUrl } = drive.addFile("/Reports/a.bin", older);
  const share = `u!${Buffer.from(webUrl).toString("base64url")}`;
  const items = `/list/items/${listItemId}/driveItem`;
  for (const path of [`/drives/${drive.id}${items}`, `${drive.path}${items}`, `/shares/${share}${items}`]) {
    for (const bytes of [fileOf(100), fileOf(large.length)]) {
      await client.api(path).attach(bytes);
      expect(files(drive)).toEqual([["/Reports/a.bin", sha256(bytes)]]);
    }
  }
});

describe("a drive that refuses a session by a file's id", () => {
  beforeEach(() => emulator.vary({ driveKind: "personal", driveSessionById: "refuse" }));

  test("gets it by the folder's id and the name", async () => {
    const { id } = emulator.drive.addFile("/Reports/a b#.bin", older);
    const made = await client.api(`/me/drive/items/${id}`).attach(new File([large], "other.bin"));
    expect(made).toMatchObject({ id, name: "a b#.bin" });
    expect(files()).toEqual([["/Reports/a b#.bin", sha256(large)]]);
  });

  test.each(["accept", "refuse"] as const)("gets a deferred file, too (%s)", async (driveSessionById) => {
    emulator.vary({ driveSessionById });
    const { id } = emulator.drive.addFile("/Reports/a.bin", older);
    const made = await client.api(`/me/drive/items/${id}`).attach(large, { deferCommit: true });
    expect(made).toMatchObject({ id, name: "a.bin" });
    expect(files()).toEqual([["/Reports/a.bin", sha256(large)]]);
    expect(emulator.sessions.filter(({ state }) => state === "open")).toEqual([]);
  });

  test("gets it in the root, by a share, and for a task", async () => {
    const { id, webUrl } = emulator.drive.addFile("/a.bin", older);
    const share = `/shares/u!${Buffer.from(webUrl).toString("base64url")}/driveItem`;
    for (const path of [`/me/drive/items/${id}`, share]) {
      const bytes = fileOf(large.length);
      const task = await create(path, new Blob([bytes]));
      expect(task.session.file.name).toBe("a.bin");
      await task.upload();
      expect(files()).toEqual([["/a.bin", sha256(bytes)]]);
    }
  });
});

describe.each(both)("an app's folder that is not there yet, by %s,", (_, bytes) => {
  beforeEach(() => emulator.vary({ driveAppFolder: "whenRead" }));

  test("is read once, which makes it", async () => {
    await client.api("/me/drive/special/approot:/a.bin:").attach(bytes);
    await client.api("/me/drive/special/approot/children").attach(bytes, { name: "b.bin" });
    expect(files().map(([path]) => path)).toEqual(["/Apps/Graph/a.bin", "/Apps/Graph/b.bin"]);
  });

  test("that the service refuses names the permission that the app's folder may need", async () => {
    const on = { kind: bytes === little ? "post" : "create" } as const;
    const refusal = { on, status: 403, body: { error: { code: "accessDenied", message: "Access denied" } } };
    emulator.fault({ ...refusal, times: 2 });
    const error = await failed(client.api("/me/drive/special/approot:/a.bin:").attach(bytes));
    expect(error).toMatchObject({
      statusCode: 403,
      message: "Access denied. This may need the permission Files.ReadWrite.AppFolder.",
    });
  });
});

test("a task at an app's folder that is not there yet makes it", async () => {
  emulator.vary({ driveAppFolder: "whenRead" });
  const task = await create("/me/drive/special/approot:/a.bin:", new Blob([large]));
  await task.upload();
  expect(files()).toEqual([["/Apps/Graph/a.bin", sha256(large)]]);
});

describe("an empty file", () => {
  const empty = new File([], "empty.txt");

  test("gets its dates and its description by a second request", async () => {
    const made = await client.api(`${root}/children`).attach(empty, { description: "None", fileSystemInfo });
    expect(made).toMatchObject({ name: "empty.txt", size: 0, description: "None", fileSystemInfo });
    expect(emulator.drive.file("/empty.txt")).toMatchObject({ description: "None", fileSystemInfo });
    expect(emulator.requests.map(({ method }) => method)).toEqual(["PUT", "PATCH"]);
  });

  test("gets them where the service has given it another name, or by an id", async () => {
    emulator.drive.addFile("/empty.txt", older);
    const options = { description: "None", conflictBehavior: "rename" } as const;
    expect(await client.api(`${root}:/empty.txt:`).attach(empty, options)).toMatchObject({ name: "empty 1.txt" });
    expect(emulator.drive.file("/empty 1.txt")).toMatchObject({ description: "None" });
    const { id } = emulator.drive.file("/empty.txt");
    expect(await client.api(`/me/drive/items/${id}`).attach(empty, { fileSystemInfo })).toMatchObject({ id });
    expect(emulator.drive.file("/empty.txt")).toMatchObject({ size: 0, fileSystemInfo });
  });

  test("with deferCommit needs one request", async () => {
    await client.api(`${root}/children`).attach(empty, { deferCommit: true });
    expect(emulator.requests.map(({ method }) => method)).toEqual(["PUT"]);
  });

  test("whose dates are refused is there, which the error says", async () => {
    emulator.fault({
      on: { method: "PATCH" },
      status: 400,
      body: { error: { code: "invalidRequest", message: "No" } },
    });
    const error = await failed(client.api(`${root}/children`).attach(empty, { fileSystemInfo }));
    const { id } = emulator.drive.file("/empty.txt");
    expect(error).toMatchObject({ code: "leftBehind", item: id, message: expect.stringContaining("empty.txt") });
  });
});

describe.each(both)("a file that changes while it is replaced, by %s,", (_, bytes) => {
  const modified = { status: 412, body: { error: { code: "resourceModified", message: "The resource has changed" } } };
  const path = `${root}:/a.bin:`;

  test("is replaced at the next try", async () => {
    emulator.drive.addFile("/a.bin", older);
    emulator.fault({ ...modified, on: { kind: bytes === little ? "post" : "create" } });
    await client.api(path).attach(bytes, { conflictBehavior: "replace" });
    expect(files()).toEqual([["/a.bin", sha256(bytes)]]);
  });

  test("again and again is a refusal", async () => {
    emulator.fault({ ...modified, on: { kind: bytes === little ? "post" : "create" }, times: 3 });
    const error = await failed(client.api(path).attach(bytes, { conflictBehavior: "replace" }));
    expect(error).toMatchObject({ statusCode: 412, code: "resourceModified" });
  });
});
