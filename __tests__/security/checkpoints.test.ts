/** A page of the same origin, or a user, may have changed what a checkpoint store returns. */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Client } from "@microsoft/microsoft-graph-client";
import { UploadError, type CheckpointStore, type UploadSession } from "../../src/index.js";
import { fileCheckpoints } from "../../src/node/index.js";
import {
  AZURE,
  azureOver,
  clientOver,
  file,
  GRAPH,
  HOST,
  options,
  PAT,
  TOKEN,
  UPLOAD_URL,
  Wire,
} from "./support/wire.js";

const message = "/me/messages/AAMk=";
const workItem = "/_apis/wit/workitems/1";
const id = "00000000-0000-4000-8000-000000000001";
const url = `${AZURE}/f/_apis/wit/attachments/${id}`;

function holding(stored: unknown): CheckpointStore {
  return { load: () => stored as UploadSession, save: () => {}, remove: () => {} };
}

/** The session in a store after an interrupted upload. */
async function interrupted(client: Client, path: string): Promise<UploadSession> {
  let saved: UploadSession | undefined;
  const checkpoints = {
    load: () => undefined,
    save: (_: string, session: UploadSession) => void (saved = session),
    remove: () => {},
  };
  await expect(client.api(path).attach(file, { ...options, name: "a", checkpoints })).rejects.toMatchObject({
    code: "interrupted",
  });
  return JSON.parse(JSON.stringify(saved)) as UploadSession;
}

const outage = () => new Wire(({ method }) => (method === "PUT" ? new TypeError("fetch failed") : undefined));
const resume = (client: Client, path: string, checkpoints: CheckpointStore) =>
  client
    .api(path)
    .attach(file, { ...options, name: "a", checkpoints })
    .then(
      () => undefined,
      (error: unknown) => error,
    );
const leaking = { fetchOptions: { headers: { authorization: `Bearer ${TOKEN}` } } };

test("an unchanged checkpoint is resumed, so that the tests below prove something", async () => {
  const stored = await interrupted(clientOver(outage()), message);
  expect(stored).toMatchObject({ uploadUrl: UPLOAD_URL, offset: 0 });
  const wire = new Wire();
  expect(await resume(clientOver(wire), message, holding(stored))).toBeUndefined();
  expect(wire.received).toBe(file.toString());
  expect(wire.sent.some(({ url }) => url.includes("createUploadSession"))).toBe(false);
});

const addresses = [
  ["plain http", "http://outlook.office.com/x"],
  ["a script", "javascript:alert(1)"],
  ["data", "data:text/plain,x"],
  ["text that is not a URL", "x"],
];
test.each(addresses)("sends nothing to an upload URL that was changed to %s", async (_, uploadUrl) => {
  const stored = await interrupted(clientOver(outage()), message);
  const wire = new Wire();
  const failed = await resume(clientOver(wire, leaking), message, holding({ ...stored, uploadUrl }));
  expect(wire.beyond(GRAPH, HOST)).toEqual([]);
  if (failed) expect(failed).toMatchObject({ code: "invalid" });
});

const changes: [string, object][] = [
  ["another collection on another host", { collection: `https://evil.example/v1.0${message}/attachments` }],
  ["another upload host", { uploadUrl: "https://evil.example/x" }],
  ["the other protocol", { protocol: "todo" }],
  ["another protocol and its collection", { protocol: "azureDevOps", collection: url.replace(`/${id}`, "") }],
];
test.each(changes)("sends the token only to Graph for a checkpoint with %s", async (_, changed) => {
  const stored = await interrupted(clientOver(outage()), message);
  const wire = new Wire(({ method }) => (method === "PUT" ? new Response(null, { status: 404 }) : undefined));
  await resume(clientOver(wire, leaking), message, holding({ ...stored, ...changed }));
  expect(JSON.stringify(wire.beyond(GRAPH).map(({ headers }) => [...headers]))).not.toContain(TOKEN);
});

describe("Azure DevOps", () => {
  const answer = (wire: { readonly put?: () => Response | Error }) =>
    new Wire(({ method, url: asked, headers }) => {
      if (asked.includes("/workitems/"))
        return Response.json({ id: 1, rev: 1, relations: method === "PATCH" ? [{ url }] : [] });
      if (method === "PUT" && wire.put) return wire.put();
      const last = /-(\d+)\/(\d+)$/.exec(headers.get("Content-Range") ?? "");
      return Response.json({ id, url }, { status: last && Number(last[1]) + 1 < Number(last[2]) ? 202 : 201 });
    });

  const tampered: [string, object][] = [
    ["a collection on another host", { collection: "https://evil.example/f/_apis/wit/attachments" }],
    ["a work item on another host", { linkTo: "https://evil.example/f/_apis/wit/workitems/1" }],
    ["an id that is a path", { attachment: { id: "../../../_apis/projects/victim", url } }],
    ["an invalid attachment", { attachment: [] }],
  ];
  test.each(tampered)("sends nothing elsewhere for a checkpoint with %s", async (_, changed) => {
    const stored = await interrupted(azureOver(answer({ put: () => new TypeError("fetch failed") })), workItem);
    const wire = answer({});
    const failed = await resume(azureOver(wire), workItem, holding({ ...stored, ...changed }));
    expect(wire.beyond(AZURE)).toEqual([]);
    const paths = wire.sent.map((one) => new URL(one.url).pathname);
    expect(paths.filter((path) => !/^\/f\/_apis\/wit\/(attachments|workitems)(\/|$)/.test(path))).toEqual([]);
    expect(JSON.stringify(wire.sent.map((one) => one.body))).not.toContain(PAT);
    if (failed) expect(failed).toBeInstanceOf(UploadError);
  });
});

test.each<[string, unknown]>([
  ["no session", {}],
  ["text", "x"],
  ["a number", 7],
  ["a list", []],
  ["an offset beyond the file", { offset: 1e9 }],
  ["a negative offset", { offset: -1 }],
  ["an offset that is text", { offset: "0" }],
  ["another size", { file: { name: "a", size: 5 } }],
  ["another name", { file: { name: "b", size: file.length } }],
])("a broken checkpoint (%s) leads to a whole upload or to an UploadError", async (_, broken) => {
  const stored = await interrupted(clientOver(outage()), message);
  const changed = typeof broken === "object" && !Array.isArray(broken) && Object.keys(broken!).length > 0;
  const wire = new Wire();
  const failed = await resume(
    clientOver(wire),
    message,
    holding(changed ? { ...stored, ...(broken as object) } : broken),
  );
  if (failed) expect(failed).toBeInstanceOf(UploadError);
  else expect(wire.received).toBe(file.toString());
});

test("a checkpoint file that was cut off, as by a full disk, does not stop the upload for ever", async () => {
  const folder = await mkdtemp(join(tmpdir(), "checkpoints-"));
  try {
    const checkpoints = fileCheckpoints(folder);
    await resume(clientOver(outage()), message, checkpoints);
    const [name] = await readdir(folder);
    await writeFile(join(folder, name!), '{"protocol":"outl');
    const wire = new Wire();
    const failed = await resume(clientOver(wire), message, checkpoints);
    if (failed) expect(failed).toBeInstanceOf(UploadError);
    else expect(wire.received).toBe(file.toString());
  } finally {
    await rm(folder, { recursive: true });
  }
});
