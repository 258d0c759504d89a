import { Refusal } from "../../src/http/refusal.js";
import { Gate } from "../../src/http/gate.js";
import { settings, type UploadOptions } from "../../src/options.js";
import type { Reply, UploadProtocol, UploadSession } from "../../src/protocol.js";
import { outlook } from "../../src/protocols/outlook.js";
import { Service } from "../../src/http/service.js";
import { StreamContent } from "../../src/files/stream.js";
import { Upload } from "../../src/upload/upload.js";
import * as fakes from "../support/fakes";
import { count, created, cut, failure, holds, opened, Recorded, reply, thrownBy, wants } from "../support/fakes";

/** A made-up service that has all bytes after the last range, but makes the file only once it is asked to. */
const committing: UploadProtocol = {
  ...outlook,
  commit: ({ uploadUrl }) => ({ method: "POST", url: uploadUrl, to: "upload" }),
  readRange: (answer, session, range) =>
    answer.status === 202 ? { next: session.file.size } : outlook.readRange(answer, session, range),
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
    committing,
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
    settings({ delay: 0, retries: 2, rangeSize: 4 }, options),
    new Gate(),
    "",
  );
  const session = fakes.sessionOf({ before: [], ...more });
  const bytes = new ReadableStream<Uint8Array>({ start: (c) => (c.enqueue(count(10)), c.close()) });
  const content = stream ? new StreamContent(bytes, 10) : new Recorded(count(10));
  const plan = { service, content, collection: session.collection, file: session.file };
  return { upload: new Upload(plan, session, more.offset !== undefined), service, kinds };
}

const RANGES: Kind[] = ["range", "range", "range"];
const named = (id: string) => ({ attachment: expect.objectContaining({ id }) as object });

test("the file is there only after the commit, which follows the last range", async () => {
  const loaded: number[] = [];
  const script = { range: ranges(), commit: [created()] };
  const { upload, kinds } = uploading(script, { onProgress: (progress) => loaded.push(progress.loaded) });
  expect(await upload.run()).toMatchObject(named("new="));
  expect(kinds).toEqual([...RANGES, "commit"]);
  expect(loaded).toEqual([4, 8, 10]);
});

test.each<[string, Script, Kind[]]>([
  ["whose reply is lost is asked for again, where all bytes are still there", { status: [allThere()], commit: [cut(), created()] }, ["status", "commit"]],
  ["that is answered with 503 is asked for again", { status: [allThere()], commit: [failure(503, "x"), created()] }, ["status", "commit"]],
  ["that is answered with 429 is asked for again", { commit: [failure(429, "x"), created()] }, ["commit"]],
  ["whose reply is cut is asked for again", { status: [allThere()], list: [holds()], commit: [reply(200), created()] }, ["status", "commit"]],
])("a commit %s, and no byte is sent again", async (_, script, then) => {
  const { upload, kinds } = uploading({ range: ranges(), ...script });
  expect(await upload.run()).toMatchObject(named("new="));
  expect(kinds).toEqual([...RANGES, "commit", ...then]);
}); // prettier-ignore

describe("a commit that was done, though its reply was lost,", () => {
  const gone = failure(404, "itemNotFound");

  test("is seen by the file that is there, once the session is not", async () => {
    const { upload, kinds } = uploading({ range: ranges(), commit: [cut()], status: [gone], list: [holds("flower")] });
    expect(await upload.run()).toMatchObject(named("id of flower"));
    expect(kinds).toEqual([...RANGES, "commit", "status", "list"]);
  });

  test("is seen by it also where only the next commit is answered with 404", async () => {
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

  test("was none where the file is not there: it is sent again in a session of its own", async () => {
    const script = { range: [...ranges(), ...ranges()], commit: [gone, created()], cancel: [gone], create: [opened()] };
    const { upload, kinds } = uploading({ ...script, list: [holds(), holds()] });
    expect(await upload.run()).toMatchObject(named("new="));
    expect(kinds.filter((kind) => kind === "range" || kind === "commit")).toEqual([...RANGES, "commit", ...RANGES, "commit"]); // prettier-ignore
  });
});

test("a commit that is refused for good is the service's to explain, and is not asked for again", async () => {
  const { upload, kinds } = uploading({ range: ranges(), commit: [failure(409, "nameAlreadyExists")] });
  expect(await thrownBy(upload.run())).toMatchObject({ constructor: Refusal, reply: { status: 409 } });
  expect(kinds).toEqual([...RANGES, "commit"]);
});

test("a commit that is never answered ends as an error, with a session that has all bytes", async () => {
  const { upload } = uploading({ range: ranges(), commit: [cut(), cut(), cut()], status: [allThere(), allThere()] });
  expect(await thrownBy(upload.run())).toMatchObject({ code: "interrupted", session: { offset: 10 } });
});

describe("an upload that was stopped before its commit", () => {
  test.each([true, false])(
    "goes on with it, also of a stream, of which no byte is sent again (asked: %p)",
    async (ask) => {
      const controller = new AbortController();
      const stop = () => (controller.abort("stop"), allThere());
      const script = { range: ranges(), commit: [stop, created()], status: [allThere()] };
      const { upload, service, kinds } = uploading(script, { signal: controller.signal }, {}, true);
      expect(await thrownBy(upload.run())).toBe("stop");
      expect(upload.session.offset).toBe(10);
      const again = upload.run(service.with({ ...service.settings, signal: undefined }), ask);
      expect(await again).toMatchObject(named("new="));
      expect(kinds).toEqual([...RANGES, "commit", ...(ask ? ["status"] : []), "commit"]);
    },
  );

  test.each<[string, Script, Kind[]]>([
    ["is committed where the service has all bytes", { status: [allThere()], commit: [created()] }, ["status", "commit"]],
    ["is found where it had been committed", { status: [failure(404, "x")], list: [holds("flower")] }, ["status", "list"]],
  ])("in another process %s", async (_, script, expected) => {
    const { upload, service, kinds } = uploading(script, {}, { offset: 10 });
    expect(await upload.run(service, true)).toMatchObject({ attachment: { name: "flower" } });
    expect(kinds).toEqual(expected);
  }); // prettier-ignore
});
