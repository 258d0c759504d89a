/** Errors, progress and logs end up in support tickets. They contain no token, no upload URL and no byte of a file. */
import type { Client } from "@microsoft/microsoft-graph-client";
import { lazy } from "../../src/lazy.js";
import { LargeAttachmentTask, UploadError, type UploadErrorCode, type UploadSession } from "../../src/index.js";
import {
  attachment,
  AUTHTOKEN,
  azureOver,
  clientOver,
  collection,
  failure,
  file,
  GRAPH,
  HOST,
  MARK,
  options,
  printed,
  secretsIn,
  TOKEN,
  UPLOAD_URL,
  Wire,
  type Answer,
} from "./support/wire.js";

const path = "/me/messages/AAMk=";
const onRange =
  (answer: Answer): Answer =>
  (request) =>
    request.method === "PUT" ? answer(request) : undefined;
const cutOff = () => new TypeError(`request to ${UPLOAD_URL} failed`, { cause: { code: "ECONNRESET" } });
const refusal = (status: number, message: string) => Response.json({ error: { code: "No", message } }, { status });
const isLast = (range: string | null) => /-169\/170$/.test(range ?? "");
const attach = (client: Client, source: unknown = file, more: object = {}) =>
  client.api(path).attach(source as Buffer, { ...options, name: "a", ...more });
async function* stream(bytes: Buffer) {
  yield bytes;
}
const message = { subject: "s", toRecipients: [], attachments: [{ ...attachment }] };

/** Ways to provoke each error code while secrets are in reach. */
const ways: Record<UploadErrorCode, [answer: Answer, fail: (client: Client) => Promise<unknown>][]> = {
  invalid: [
    [() => undefined, (client) => attach(client, file, { name: "" })],
    [
      ({ url }) =>
        url.includes("createUploadSession") ? Response.json({ uploadUrl: `http://x/?t=${AUTHTOKEN}` }) : undefined,
      attach,
    ],
    [() => undefined, (client) => client.api(collection).post({ ...attachment, contentBytes: `${MARK}!`.repeat(20) })],
    [() => undefined, (client) => attach(client, MARK)],
    [
      () => undefined,
      (client) => LargeAttachmentTask.restore(client, { uploadUrl: UPLOAD_URL } as unknown as UploadSession, file),
    ],
  ],
  tooLarge: [[() => undefined, (client) => attach(client, file, { maxSize: 1 })]],
  unsupported: [
    [() => undefined, (client) => client.api(path).attach(["a", "b"].map((name) => ({ file, name })) as never)],
  ],
  source: [
    [() => undefined, (client) => attach(client, stream(file), { size: file.length + 1 })],
    [() => undefined, (client) => attach(client, stream(file), { size: file.length - 1 })],
  ],
  otherFile: [
    [
      () => undefined,
      async (client) => {
        const task = await LargeAttachmentTask.create(client, path, file, { ...options, name: "a" });
        return LargeAttachmentTask.restore(client, task.session, Buffer.from(MARK), options);
      },
    ],
  ],
  interrupted: [
    [onRange(cutOff), attach],
    [onRange(() => refusal(503, "later")), attach],
    [({ url }) => (url.includes("createUploadSession") ? cutOff() : undefined), attach],
    [
      onRange(cutOff),
      async (client) => (await LargeAttachmentTask.create(client, path, file, { ...options, name: "a" })).upload(),
    ],
  ],
  stalled: [[onRange(() => Response.json({ nextExpectedRanges: ["0-"] })), attach]],
  lost: [
    [
      onRange(({ headers }) =>
        headers.get("Content-Range")!.startsWith("bytes 0-") ? undefined : refusal(404, "gone"),
      ),
      (client) => attach(client, stream(file), { size: file.length }),
    ],
  ],
  uncertain: [
    [
      ({ method, url, headers }) => {
        if (method === "GET") return url.startsWith(GRAPH) ? refusal(403, "no") : undefined;
        return method === "PUT" && isLast(headers.get("Content-Range")) ? cutOff() : undefined;
      },
      attach,
    ],
    [
      ({ method, url }) => (method === "POST" || url.startsWith(GRAPH) ? cutOff() : undefined),
      (client) => attach(client, file.subarray(0, 19)),
    ],
  ],
  takenOver: [
    [
      () => undefined,
      (client) => {
        let saved: UploadSession | undefined;
        const checkpoints = {
          load: () => saved && { ...saved, owner: "another process" },
          save: (_: string, session: UploadSession) => (saved = session),
          remove: () => {},
        };
        return attach(client, file, { checkpoints });
      },
    ],
  ],
  cancelled: [
    [
      () => undefined,
      async (client) => {
        const task = await LargeAttachmentTask.create(client, path, file, { ...options, name: "a" });
        const uploading = task.upload({ onProgress: () => void task.cancel() });
        return uploading;
      },
    ],
  ],
  notLoaded: [[() => undefined, async () => lazy(() => Promise.reject(new TypeError("Failed to fetch a module")))()]],
  notSynced: [
    [
      ({ method }) =>
        method === "POST" ? Response.json({ error: { code: "ErrorItemNotFound" } }, { status: 404 }) : undefined,
      (client) => client.api(path).attach(file, { ...options, name: "a", waitForDraft: 1 }),
    ],
  ],
  leftBehind: [
    [
      ({ method, url, origin }) => {
        if (method === "PUT") return refusal(403, "no");
        if (method === "DELETE" && origin === GRAPH) return cutOff();
        return method === "POST" && url.endsWith("/messages") ? Response.json({ id: "draft" }) : undefined;
      },
      (client) => client.api("/me/sendMail").post({ message }),
    ],
  ],
};

describe.each(Object.entries(ways))("an error of code %s", (code, cases) => {
  test.each(cases)("contains no secret, however it is printed", async (answer, fail) => {
    const error = await failure(fail(clientOver(new Wire(answer))));
    expect(error).toBeInstanceOf(UploadError);
    expect(error.code).toBe(code);
    expect(secretsIn(printed(error))).toEqual([]);
  });
});

test("an error that can be resumed keeps its session for code, and hides it when it is printed", async () => {
  const error = (await failure(attach(clientOver(new Wire(onRange(cutOff)))))) as UploadError;
  expect(error.session).toMatchObject({ uploadUrl: UPLOAD_URL });
  expect(Object.keys(error)).not.toContain("session");
  expect(secretsIn(printed({ logged: { error, all: [error] } }))).toEqual([]);
  expect(secretsIn(printed(new AggregateError([error], "several")))).toEqual([]);
});

test("an error of Azure DevOps contains no credential", async () => {
  const wire = new Wire(() => refusal(403, "no"));
  const error = await failure(azureOver(wire).api("/_apis/wit/workitems/1").attach(file, { name: "a" }));
  expect(wire.sent.length).toBeGreaterThan(0);
  expect(secretsIn(printed(error))).toEqual([]);
});

test.each([400, 403, 404, 503])(
  "a refusal of %d does not reveal the upload URL, even if the upload host quotes it, as IIS does",
  async (status) => {
    const says = `No HTTP resource was found that matches the request URI '${UPLOAD_URL}'.`;
    for (const body of [{ error: { code: "No", message: says } }, { Message: says }]) {
      const wire = new Wire(onRange(() => Response.json(body, { status })));
      for (const fail of [() => attach(clientOver(wire)), () => clientOver(wire).api(collection).post(attachment)])
        expect(secretsIn(printed(await failure(fail())))).toEqual([]);
    }
  },
);

test("the error about a token that no header can carry does not contain the token", async () => {
  const broken = `${TOKEN}\nsecond line`;
  const wire = new Wire();
  const execute = wire.execute.bind(wire);
  wire.execute = async (context) => {
    const headers = context.options!.headers as Record<string, string>;
    if (headers["Authorization"]) new Headers({ Authorization: `Bearer ${broken}` }); // as fetch does
    await execute(context);
  };
  expect(secretsIn(printed(await failure(attach(clientOver(wire)))))).toEqual([]);
});

test("progress contains only numbers and names", async () => {
  const reported: unknown[] = [];
  const more = { onProgress: (one: unknown) => reported.push(one), onAttempt: (one: unknown) => reported.push(one) };
  let failed = false;
  const once = onRange(() => (failed ? undefined : ((failed = true), cutOff())));
  await attach(clientOver(new Wire(once)), file, more);
  expect(reported.length).toBeGreaterThan(2);
  expect(secretsIn(printed(reported))).toEqual([]);
});

test("this package logs nothing with debugLogging", async () => {
  const levels = ["log", "debug", "info", "warn", "error", "trace", "dir"] as const;
  const spies = levels.map((level) => jest.spyOn(console, level).mockImplementation(() => {}));
  try {
    for (const answer of [() => undefined, onRange(cutOff), onRange(() => refusal(403, "no"))] as Answer[]) {
      const client = clientOver(new Wire(answer), { debugLogging: true });
      await attach(client).catch(() => {});
      await client
        .api(collection)
        .post(attachment)
        .catch(() => {});
    }
    const said = spies.flatMap(({ mock }) => mock.calls).map((call) => printed(call));
    expect(secretsIn(said.join("\n"))).toEqual([]);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
});

test("only a stored session contains the upload URL, as its documentation says", async () => {
  const task = await LargeAttachmentTask.create(clientOver(new Wire()), path, file, { ...options, name: "a" });
  expect(secretsIn(JSON.stringify(task.session))).toContain(AUTHTOKEN);
  expect(secretsIn(printed(task))).toEqual([]);
  expect(new URL(task.session.uploadUrl).origin).toBe(HOST);
  expect(JSON.stringify(task.session)).not.toContain(TOKEN);
});
