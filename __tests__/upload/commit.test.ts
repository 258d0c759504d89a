import { StreamContent } from "../../src/files/stream.js";
import { Refusal } from "../../src/http/refusal.js";
import { Service } from "../../src/http/service.js";
import { Traffic } from "../../src/http/traffic.js";
import type { UploadOptions } from "../../src/options.js";
import { resolveOptions } from "../../src/settings.js";
import type { Protocol, Reply } from "../../src/protocol.js";
import { outlook } from "../../src/protocols/outlook.js";
import { Upload } from "../../src/upload/upload.js";
import * as fakes from "../support/fakes";
import type { UploadSession } from "../../src/uploadSession.js";
import {
  count,
  created,
  cut,
  failure,
  holds,
  notConnected,
  opened,
  Recorded,
  reply,
  thrownBy,
  wants,
} from "../support/fakes";

/** An invented service that has all bytes after the last range, but creates the file only on request. */
const committing: Protocol = {
  ...outlook,
  session: {
    ...outlook.session,
    commit: ({ uploadUrl }) => ({ method: "POST", url: uploadUrl, to: "upload" }),
    read: (answer, session, range) =>
      answer.status === 202 ? { next: session.file.size } : outlook.session.read(answer, session, range),
  },
};
const allThere = () => reply(202, { nextExpectedRanges: [] });

type Kind = "list" | "create" | "range" | "status" | "cancel" | "commit";
type Script = Partial<Record<Kind, (Reply | Error | ((request: unknown) => Reply))[]>>;
const ranges = () => [wants(4), wants(8), allThere()];

/** An upload of ten bytes in ranges of four. */
function uploading(script: Script, options: UploadOptions = {}, more: Partial<UploadSession> = {}, stream = false) {
  const left = Object.fromEntries(Object.entries(script).map(([kind, answers]) => [kind, [...answers]]));
  const kinds: Kind[] = [];
  const service = new Service(
    committing.api,
    async ({ method, url }, { signal }) => {
      signal?.throwIfAborted();
      const own = url === fakes.UPLOAD_URL;
      const kind = ({ PUT: "range", DELETE: "cancel", POST: own ? "commit" : "create", GET: own ? "status" : "list" } as const)[method as "PUT"]; // prettier-ignore
      kinds.push(kind);
      const answer = left[kind]?.shift();
      if (answer === undefined) throw new Error(`Nothing is scripted for another ${kind}.`);
      if (answer instanceof Error) throw answer;
      return typeof answer === "function" ? answer(undefined) : answer;
    },
    resolveOptions({ delay: 0, retries: 2, rangeSize: 4 }, options),
    new Traffic(),
    "",
  );
  const session = fakes.sessionOf({ before: [], ...more });
  const bytes = new ReadableStream<Uint8Array>({ start: (c) => (c.enqueue(count(10)), c.close()) });
  const content = stream ? new StreamContent(bytes, 10) : new Recorded(count(10));
  const job = { service, protocol: committing, collection: session.collection, file: session.file, content };
  return { upload: new Upload(job, session, more.offset !== undefined), service, kinds };
}

const RANGES: Kind[] = ["range", "range", "range"];
const named = (id: string) => ({ attachment: expect.objectContaining({ id }) as object });

test("the commit follows the last range, and completes the file", async () => {
  const loaded: number[] = [];
  const script = { range: ranges(), commit: [created()] };
  const { upload, kinds } = uploading(script, { onProgress: (progress) => loaded.push(progress.loaded) });
  expect(await upload.run()).toMatchObject(named("new="));
  expect(kinds).toEqual([...RANGES, "commit"]);
  expect(loaded).toEqual([4, 8, 10]);
});

test.each<[string, Script, Kind[]]>([
  ["whose connection was refused is sent again", { commit: [notConnected(), created()] }, ["commit"]],
  ["whose reply is lost is sent again if the service still has all bytes", { status: [allThere()], commit: [cut(), created()] }, ["status", "commit"]],
  ["that is answered with 503 is sent again", { status: [allThere()], commit: [failure(503, "x"), created()] }, ["status", "commit"]],
  ["that is answered with 429 is sent again", { commit: [failure(429, "x"), created()] }, ["commit"]],
  ["whose reply is cut off is sent again", { status: [allThere()], list: [holds()], commit: [reply(200), created()] }, ["status", "commit"]],
])("a commit %s, and no byte is sent again", async (_, script, then) => {
  const { upload, kinds } = uploading({ range: ranges(), ...script });
  expect(await upload.run()).toMatchObject(named("new="));
  expect(kinds).toEqual([...RANGES, "commit", ...then]);
}); // prettier-ignore

describe("a commit whose reply was lost", () => {
  const gone = failure(404, "itemNotFound");

  test("is recognized by the file, once the session is gone", async () => {
    const { upload, kinds } = uploading({ range: ranges(), commit: [cut()], status: [gone], list: [holds("flower")] });
    expect(await upload.run()).toMatchObject(named("id of flower"));
    expect(kinds).toEqual([...RANGES, "commit", "status", "list"]);
  });

  test("is recognized by the file even if only the next commit is answered with 404", async () => {
    const script = {
      range: ranges(),
      commit: [cut(), gone],
      status: [allThere()],
      cancel: [gone],
      list: [holds("flower")],
    };
    const { upload, kinds } = uploading(script);
    expect(await upload.run()).toMatchObject(named("id of flower"));
    expect(kinds).toEqual([...RANGES, "commit", "status", "commit", "cancel", "list"]);
  });

  test("was not done if there is no file, which is then sent again in a new session", async () => {
    const script = { range: [...ranges(), ...ranges()], commit: [gone, created()], cancel: [gone], create: [opened()] };
    const { upload, kinds } = uploading({ ...script, list: [holds(), holds()] });
    expect(await upload.run()).toMatchObject(named("new="));
    expect(kinds.filter((kind) => kind === "range" || kind === "commit")).toEqual([...RANGES, "commit", ...RANGES, "commit"]); // prettier-ignore
  });
});

test("a commit that is refused is not sent again", async () => {
  const { upload, kinds } = uploading({ range: ranges(), commit: [failure(409, "nameAlreadyExists")] });
  expect(await thrownBy(upload.run())).toMatchObject({ constructor: Refusal, reply: { status: 409 } });
  expect(kinds).toEqual([...RANGES, "commit"]);
});

test("a commit that is never answered ends with an error whose session has all bytes", async () => {
  const { upload } = uploading({ range: ranges(), commit: [cut(), cut(), cut()], status: [allThere(), allThere()] });
  expect(await thrownBy(upload.run())).toMatchObject({ code: "interrupted", session: { offset: 10 } });
});

describe("an upload that was stopped before its commit", () => {
  test.each([true, false])("continues with it and sends no byte of a stream again (status asked: %p)", async (ask) => {
    const controller = new AbortController();
    const stop = () => (controller.abort("stop"), allThere());
    const script = { range: ranges(), commit: [stop, created()], status: [allThere()] };
    const { upload, service, kinds } = uploading(script, { signal: controller.signal }, {}, true);
    expect(await thrownBy(upload.run())).toBe("stop");
    expect(upload.session.offset).toBe(10);
    const again = upload.run(service.with({ signal: undefined }), ask);
    expect(await again).toMatchObject(named("new="));
    expect(kinds).toEqual([...RANGES, "commit", ...(ask ? ["status"] : []), "commit"]);
  });

  test.each<[string, Script, Kind[]]>([
    ["is committed if the service has all bytes", { status: [allThere()], commit: [created()] }, ["status", "commit"]],
    ["is found if it had been committed", { status: [failure(404, "x")], list: [holds("flower")] }, ["status", "list"]],
  ])("in another process %s", async (_, script, expected) => {
    const { upload, service, kinds } = uploading(script, {}, { offset: 10 });
    expect(await upload.run(service, true)).toMatchObject({ attachment: { name: "flower" } });
    expect(kinds).toEqual(expected);
  }); // prettier-ignore
});
