/** Rules of the emulator that real clients have loosened. Each test says which client, and what stays as strict as it was. */
import { errorOf, openOutlook, rangeOf, sampleBytes, startBench, type Bench } from "./support";

let bench: Bench;
beforeAll(async () => void (bench = await startBench()));
beforeEach(() => bench.emulator.reset());
afterAll(() => bench.emulator.close());

const bytes = sampleBytes(1000);
const annotation = { "@name.conflictBehavior": "rename", "description@odata.type": "#Edm.String" };
const file = { "@odata.type": "#microsoft.graph.fileAttachment", name: "a", contentBytes: "YQ==" };

describe("annotations that are not known are ignored, because rclone and onedrive send one, and unknown properties are not", () => {
  test.each<[string, () => string, object, number]>([
    ["a draft", () => "/me/messages", { subject: "a" }, 201],
    ["an event", () => "/me/events", { subject: "a" }, 201],
    ["an attachment", () => `${bench.emulator.addMessage().path}/attachments`, file, 201],
    [
      "a task's attachment",
      () => `${bench.emulator.addTask().path}/attachments`,
      { ...file, "@odata.type": "#microsoft.graph.taskFileAttachment" },
      201,
    ],
    ["a chat message", () => `${bench.emulator.teams.addChat().path}/messages`, { body: { content: "a" } }, 201],
    ["an action", () => "/me/sendMail", { message: { toRecipients: [{ emailAddress: { address: "a@b.c" } }] } }, 202],
  ])("%s", async (_what, path, body, status) => {
    expect((await bench.graph("POST", path(), { ...body, ...annotation })).status).toBe(status);
    expect((await bench.graph("POST", path(), { ...body, colour: "red" })).status).toBe(400);
  });

  test.each<[string, () => string, string, object]>([
    ["Outlook", () => bench.emulator.addMessage().path, "AttachmentItem", { isInline: false }],
    ["To Do", () => bench.emulator.addTask().path, "attachmentInfo", {}],
  ])("a session of %s", async (_what, path, name, more) => {
    const create = (item: object) =>
      bench.graph("POST", `${path()}/attachments/createUploadSession`, {
        [name]: { attachmentType: "file", name: "a", size: 9, ...more, ...item },
        ...annotation,
      });
    expect((await create(annotation)).status).toBeLessThan(300);
    expect((await create({ colour: "red" })).status).toBe(400);
  });

  test("a folder and a session of a drive, where unknown properties are ignored as well, because nothing says that they are not", async () => {
    const folder = { name: "a", folder: {} };
    expect((await bench.graph("POST", "/me/drive/root/children", { ...folder, ...annotation })).status).toBe(201);
    const path = "/me/drive/root:/a.zip:/createUploadSession";
    expect((await bench.graph("POST", path, { item: { colour: "red", ...annotation }, ...annotation })).status).toBe(
      200,
    );
    bench.emulator.vary({ driveUnknownProperties: "refuse" });
    expect((await bench.graph("POST", "/me/drive/root/children", { ...folder, name: "b", colour: "red" })).status).toBe(
      400,
    );
    expect((await bench.graph("POST", "/me/drive/root/children", { ...folder, name: "b", ...annotation })).status).toBe(
      201,
    );
    bench.emulator.vary({ driveUnknownProperties: "ignore" });
  });
});

test("the scheme of a bearer has any letter case, because onedrive writes `bearer`, but the token only its own", async () => {
  const ask = async (authorization: string): Promise<number> =>
    (await bench.send(`${bench.emulator.graphUrl}v1.0/me`, { headers: { authorization } })).status;
  const { token } = bench.emulator;
  expect(await ask(`bearer ${token}`)).toBe(200);
  for (const wrong of [`Bearer ${token.toUpperCase()}`, `Bearer  ${token}`, `Basic ${token}`, token]) {
    expect(await ask(wrong)).toBe(401);
  }
  expect(bench.emulator.requests.map(({ authorized }) => authorized)).toEqual([true, false, false, false, false]);
});

test("a range may carry Expect, because curl and so onedrive sends it, and nothing that is for Graph", async () => {
  const url = await openOutlook(bench, bench.emulator.addMessage(), { size: 1000 });
  const stray = await bench.send(url, rangeOf(bytes, 0, 500, { "client-request-id": "x" }));
  expect([stray.status, (await errorOf(stray)).message]).toEqual([400, expect.stringContaining("client-request-id")]);
  const { status } = await withExpect(url, bytes);
  expect(status).toBe(201);
});

test("upload hosts ignore the headers of PnPjs and of Microsoft's next SDK only where the variation says so", async () => {
  const send = async (): Promise<number> => {
    const url = await openOutlook(bench, bench.emulator.addMessage(), { size: 1000 });
    return (await bench.send(url, rangeOf(bytes, 0, 1000, { sdkversion: "x", "x-pnpjs-requestid": "y" }))).status;
  };
  expect(await send()).toBe(400);
  bench.emulator.vary({ uploadHostHeaders: "ignore" });
  expect(await send()).toBe(201);
  bench.emulator.vary({ uploadHostHeaders: "refuse" });
});

/** Sends a whole file with `Expect: 100-continue`, which fetch does not send. */
async function withExpect(url: string, body: Buffer): Promise<{ status?: number }> {
  const { request } = await import("node:https");
  const { promise, resolve, reject } = deferred<{ status?: number }>();
  const headers = {
    ...{ "content-type": "application/octet-stream", "content-length": body.length },
    ...{ "content-range": `bytes 0-${body.length - 1}/${body.length}`, expect: "100-continue" },
  };
  const sent = request(url, { method: "PUT", headers, ca: bench.emulator.ca }, (answer) => {
    answer.resume().on("end", () => resolve({ status: answer.statusCode }));
  });
  sent.on("continue", () => sent.end(body)).on("error", reject);
  sent.flushHeaders();
  return promise;
}

function deferred<T>() {
  let resolve!: (value: T) => void;
  let reject!: (reason: Error) => void;
  const promise = new Promise<T>((done, failed) => ([resolve, reject] = [done, failed]));
  return { promise, resolve, reject };
}

describe("a creation that fails though it is done, as reported from the field", () => {
  test.each([503, 504] as const)("answers %i once, and what it made is there", async (createdFailure) => {
    bench.emulator.vary({ createdFailures: 1, createdFailure });
    expect((await bench.graph("POST", "/me/messages", { subject: "a" })).status).toBe(createdFailure);
    expect(bench.emulator.mailbox.drafts()).toHaveLength(1);
    expect((await bench.graph("POST", "/me/messages", { subject: "a" })).status).toBe(201);
    bench.emulator.vary({ createdFailures: 0 });
  });

  test("holds for folders, files and sessions as well, and not for what is refused", async () => {
    bench.emulator.vary({ createdFailures: 2, createdFailure: 503 });
    expect((await bench.graph("POST", "/me/messages", { colour: "red" })).status).toBe(400);
    expect((await bench.graph("POST", "/me/drive/root/children", { name: "a", folder: {} })).status).toBe(503);
    const path = "/me/drive/root:/a.zip:/createUploadSession";
    expect((await bench.graph("POST", path)).status).toBe(503);
    expect(bench.emulator.drive.folders()).toEqual(["/a"]);
    // The session is open, and its name is taken.
    expect((await bench.graph("POST", path)).status).toBe(409);
    bench.emulator.vary({ createdFailures: 0 });
  });
});
