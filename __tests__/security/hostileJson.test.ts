/** Stored sessions and replies that somebody else has written. */
import { inspect } from "node:util";
import { LargeAttachmentTask, UploadError, type CheckpointStore, type UploadSession } from "../../src/index.js";
import {
  attachment,
  clientOver,
  collection,
  failure,
  file,
  options,
  printed,
  secretsIn,
  UPLOAD_URL,
  AUTHTOKEN,
  Wire,
  type Answer,
} from "./support/wire.js";

const path = "/me/messages/AAMk=";
const attach = (wire: Wire, more: object = {}) =>
  clientOver(wire)
    .api(path)
    .attach(file, { ...options, name: "a", ...more });
async function stored(): Promise<UploadSession> {
  const task = await LargeAttachmentTask.create(clientOver(new Wire()), path, file, { ...options, name: "a" });
  return JSON.parse(JSON.stringify(task.session)) as UploadSession;
}
const holding = (session: unknown): CheckpointStore => ({
  load: () => session as UploadSession,
  save: () => {},
  remove: () => {},
});

describe("a stored session", () => {
  test.each<[string, object]>([
    ["a fingerprint that is a number", { fingerprint: 5 }],
    ["a fingerprint that is an object", { fingerprint: {} }],
    ["a fingerprint that is a list", { fingerprint: ["170"] }],
    ["an expiry that is no text", { expires: 5 }],
    ["a media type that is no text", { file: { name: "a", size: 170, contentType: {} } }],
    ["a conflict behaviour that is unknown", { file: { name: "a", size: 170, conflictBehavior: "burn" } }],
    ["a comment that is no text", { file: { name: "a", size: 170, comment: [] } }],
  ])("with %s is told, and nothing is sent", async (_, changed) => {
    const session = { ...(await stored()), ...changed } as UploadSession;
    const wire = new Wire();
    const error = await failure(LargeAttachmentTask.restore(clientOver(wire), session, file, options));
    expect(error).toBeInstanceOf(UploadError);
    expect(error).toMatchObject({ code: "invalid" });
    expect(wire.sent).toEqual([]);
    const again = new Wire();
    await attach(again, { checkpoints: holding(session) });
    expect(again.received).toBe(file.toString());
  });

  test("with members of the file that are options overrides no option", async () => {
    const session = await stored();
    const called: string[] = [];
    const hostile = {
      ...session,
      file: {
        ...session.file,
        onProgress: "x",
        onAttempt: 5,
        retries: -1,
        timeout: "1",
        rangeSize: 0,
        threshold: null,
        maxSize: 1,
        fetch: "https://evil.example",
        signal: {},
        checkpoints: {},
        size: session.file.size,
      },
    } as unknown as UploadSession;
    const wire = new Wire();
    const more = {
      ...options,
      onProgress: () => void called.push("progress"),
      onAttempt: () => void called.push("attempt"),
    };
    const task = await LargeAttachmentTask.restore(clientOver(wire), hostile, file, more);
    await task.resume();
    expect(wire.received).toBe(file.toString());
    expect(called).toContain("progress");
    expect(called).toContain("attempt");
    expect(Object.keys(task.session.file).sort()).toEqual(Object.keys(session.file).sort());
  });
});

const unknown = "https://upload.somewhere.example/s/secret-in-the-path";
const secrets = (text: string) => [
  ...secretsIn(text),
  ...["secret-in-the-path", "secret-of-the-query"].filter((one) => text.includes(one)),
];
const all = (error: unknown) =>
  [printed(error), inspect(error, { depth: 20 }), (error as { stack?: string }).stack].join("\n");
const onRange =
  (answer: Answer): Answer =>
  (request) =>
    request.method === "PUT" ? answer(request) : undefined;

describe.each([
  ["the upload URL", UPLOAD_URL],
  ["an upload URL of a host not yet known", unknown],
  [
    "an upload URL with a parameter not yet known",
    `${unknown.replace("secret-in-the-path", "x")}?access=secret-of-the-query`,
  ],
  ["an encoded upload URL", encodeURIComponent(UPLOAD_URL)],
  ["an upload URL in JSON", JSON.stringify({ url: UPLOAD_URL }).replaceAll("/", "\\/")],
  ["an upload URL without its host", UPLOAD_URL.replace("https://outlook.office.com", "")],
])("%s", (_, quoted) => {
  test.each<[string, object]>([
    ["the message", { error: { code: "No", message: `Bad URI '${quoted}'.` } }],
    [
      "innerError",
      { error: { code: "No", message: "No.", innerError: { uri: quoted, more: [{ at: `<${quoted}>` }] } } },
    ],
    ["details", { error: { code: "No", message: "No.", details: [{ target: quoted }], innererror: { [quoted]: 1 } } }],
    ["the code", { error: { code: quoted, message: "No." } }],
  ])("is withheld where a refusal quotes it in %s", async (_, body) => {
    for (const where of ["PUT", "POST"]) {
      const wire = () =>
        new Wire((request) => (request.method === where ? Response.json(body, { status: 403 }) : undefined));
      expect(secrets(all(await failure(attach(wire()))))).toEqual([]);
    }
    const intercepted = new Wire(onRange(() => Response.json(body, { status: 403 })));
    expect(secrets(all(await failure(clientOver(intercepted).api(collection).post(attachment))))).toEqual([]);
  });

  test("is withheld from an error of the network and its causes", async () => {
    const cut = () =>
      Object.assign(new TypeError("fetch failed", { cause: new Error(`read ECONNRESET ${quoted}`) }), {
        code: "ECONNRESET",
      });
    expect(secrets(all(await failure(attach(new Wire(onRange(cut))))))).toEqual([]);
  });

  test("is withheld from an error that is none of the network, wherever it holds it", async () => {
    const strange = () => {
      const cause = Object.assign(new Error(`Invalid ${quoted}`), { input: quoted });
      return Object.assign(new Error(`Bad request to ${quoted}`, { cause }), {
        config: { url: quoted, headers: { location: quoted } },
        url: quoted,
      });
    };
    expect(secrets(all(await failure(attach(new Wire(onRange(strange))))))).toEqual([]);
  });
});

test("addresses of documentation stay in a refusal, because people follow them", async () => {
  const message = "See https://aka.ms/limits and https://learn.microsoft.com/graph/errors?view=graph-rest-1.0.";
  const error = await failure(
    attach(new Wire(onRange(() => Response.json({ error: { code: "No", message } }, { status: 403 })))),
  );
  expect(error.message).toContain(message);
  expect(AUTHTOKEN).not.toBe("");
});
