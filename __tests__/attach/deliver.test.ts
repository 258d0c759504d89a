import { deliver } from "../../src/attach/deliver.js";
import { postWhole } from "../../src/attach/post.js";
import { UploadError } from "../../src/errors.js";
import { Refusal } from "../../src/http/refusal.js";
import type { UploadOptions } from "../../src/options.js";
import { outlook } from "../../src/protocols/outlook.js";
import * as fakes from "../support/fakes";
import {
  created,
  cut,
  failure,
  holds,
  notConnected as refused,
  opened,
  Recorded,
  reply,
  wants,
  type Answer,
  type Kind,
} from "../support/fakes";

const { count, thrownBy } = fakes;
type Script = Partial<Record<Kind, Answer[]>>;
const denied = failure(403, "ErrorAccessDenied");
const missing = failure(404, "ErrorItemNotFound");
const tooSmall = failure(400, "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize");
const made = reply(201, { id: "posted", name: "flower" });
const posted = { id: "posted", name: "flower" };
const ranges = [wants(4), wants(8), created()];
const session = { list: [holds()], create: [opened()], range: ranges };
const SESSION: Kind[] = ["create", "list", "range", "range", "range"];

/** A file of ten bytes in ranges of four. It is large unless the threshold says otherwise. */
function delivering(script: Script, options: UploadOptions = {}, content = new Recorded(count(10))) {
  const conversation = fakes.talk(script, { threshold: 9, ...options });
  const job = { ...conversation.place, file: { name: "flower", size: content.size }, content };
  return { ...conversation, content, result: deliver(job, () => postWhole(job, outlook.post)) };
}

const attachment = expect.objectContaining({ id: "new=", name: "flower", size: 10 }) as object;

test.each<[number, Kind[]]>([
  [9, SESSION],
  [10, ["post"]],
])("sends a file of ten bytes, with a threshold of %p, by %p", async (threshold, expected) => {
  const { result, kinds } = delivering({ ...session, post: [made] }, { threshold });
  expect(await result).toEqual(expected === SESSION ? expect.objectContaining({ attachment }) : posted);
  expect(kinds()).toEqual(expected);
});

test("sends ranges in order, each with its Content-Range", async () => {
  const { result, requests } = delivering(session);
  await result;
  const sent = requests.filter(({ method }) => method === "PUT");
  expect(sent.map(({ headers }) => headers!["Content-Range"])).toEqual([
    "bytes 0-3/10",
    "bytes 4-7/10",
    "bytes 8-9/10",
  ]);
  expect(Buffer.concat(sent.map(({ body }) => body as Uint8Array))).toEqual(Buffer.from(count(10)));
});

test.each([
  ["in JSON", failure(413, "BadRequest", "The maximum request length supported is 4MB.")],
  ["in HTML", reply(413, "<html>Payload too large</html>")],
  ["without a body", reply(413)],
  ["as 400", failure(400, "BadRequest", "Maximum request length exceeded.")],
])("a request that is refused as too large, %s, becomes a session", async (_, refused) => {
  const { result, kinds } = delivering({ ...session, post: [refused] }, { threshold: 100 });
  expect(await result).toMatchObject({ attachment });
  expect(kinds()).toEqual(["post", ...SESSION]);
});

test("a session that is refused as too small becomes one request", async () => {
  const { result, kinds, content } = delivering({ list: [holds()], create: [tooSmall], post: [made] });
  expect(await result).toEqual(posted);
  expect(kinds()).toEqual(["create", "post"]);
  expect(content.reads).toEqual([[0, 10]]);
});

test("the last refusal is reported if both ways are refused, and neither is tried again", async () => {
  const large = delivering({ list: [holds()], create: [tooSmall], post: [failure(413, "BadRequest")] });
  expect(await thrownBy(large.result)).toMatchObject({ constructor: Refusal, reply: { status: 413 } });
  expect(large.kinds()).toEqual(["create", "post"]);
  const small = delivering({ list: [holds()], create: [tooSmall], post: [reply(413)] }, { threshold: 100 });
  expect(await thrownBy(small.result)).toMatchObject({ reply: tooSmall });
  expect(small.kinds()).toEqual(["post", "create"]);
});

test("an empty file is one request, whatever the threshold, because it has no range", async () => {
  const empty = () => new Recorded(new Uint8Array(0));
  const taken = delivering({ post: [made] }, { threshold: 0 }, empty());
  expect(await taken.result).toEqual(posted);
  const refused = delivering({ post: [reply(413)] }, { threshold: 0 }, empty());
  expect(await thrownBy(refused.result)).toMatchObject({ constructor: Refusal, reply: { status: 413 } });
  expect([taken.kinds(), refused.kinds()]).toEqual([["post"], ["post"]]);
});

test("a session that was never opened is not discarded", async () => {
  const full = failure(507, "quotaLimitReached");
  const { result, kinds } = delivering({ create: [full] });
  const error = (await thrownBy(result)) as Refusal;
  const { status, headers } = full;
  expect([error.constructor, error.reply]).toEqual([Refusal, { status, headers, body: expect.anything() }]);
  expect(kinds()).toEqual(["create"]);
});

test("an upload URL that is not encrypted gets no bytes, because it is a credential", async () => {
  const plain = reply(201, { uploadUrl: "http://outlook.test/s", nextExpectedRanges: ["0-"] });
  const { result, kinds } = delivering({ create: [plain] });
  expect(await thrownBy(result)).toMatchObject({ code: "invalid" });
  expect(kinds()).toEqual(["create"]);
});

describe("a session that nobody can resume is discarded, and the source is closed", () => {
  const begin = { list: [holds()], create: [opened()] };

  test.each<[number, Kind[]]>([
    [403, ["status"]],
    [400, ["status"]],
    [507, []],
  ])("after the refusal %p", async (status, asked) => {
    const { result, kinds, content } = delivering({
      ...begin,
      range: [wants(4), failure(status, "x")],
      status: [failure(405, "x")],
      cancel: [reply(204)],
    });
    expect(await thrownBy(result)).toMatchObject({ reply: { status } });
    expect(kinds()).toEqual(["create", "list", "range", "range", ...asked, "cancel"]);
    expect(content.closed).toBe(1);
  });

  test("after an abort, although the signal stops other requests", async () => {
    const controller = new AbortController();
    const stop = () => {
      controller.abort("stop");
      return wants(4);
    };
    const { result, kinds, content } = delivering(
      { ...begin, range: [stop], cancel: [reply(204)] },
      { signal: controller.signal },
    );
    expect(await thrownBy(result)).toBe("stop");
    expect(kinds()).toEqual(["create", "list", "range", "cancel"]);
    expect(content.closed).toBe(1);
  });

  test("after a source that fails, whether or not discarding succeeds", async () => {
    const failing = new Recorded(count(10), false, (start) => {
      if (start === 4) throw new UploadError("source", "The stream failed.");
    });
    const { result, kinds } = delivering({ ...begin, range: [wants(4)], cancel: [cut()] }, {}, failing);
    expect(await thrownBy(result)).toMatchObject({ code: "source" });
    expect(new Set(kinds())).toEqual(new Set(["list", "create", "range", "cancel"]));
    expect(failing.closed).toBe(1);
  });
});

describe("a session that can be resumed, or whose file may have arrived, is kept and reported", () => {
  const throttled = failure(503, "x");
  const lost = { range: [wants(4), wants(8), cut()], status: [missing] };
  test.each<[string, string, number, Script]>([
    ["all retries fail", "interrupted", 4, { range: [wants(4), cut(), cut(), cut()], status: [wants(4), wants(4)] }],
    ["every connection is refused", "interrupted", 4, { range: [wants(4), refused(), refused(), refused()] }],
    [
      "every reply is 503",
      "interrupted",
      0,
      { range: [throttled, throttled, throttled], status: [wants(0), wants(0)] },
    ],
    ["the service answers but takes no bytes", "stalled", 4, { range: [wants(4), wants(4), wants(4), wants(4)] }],
    ["nobody can tell whether the file has arrived", "uncertain", 8, { list: [denied], ...lost }],
    ["the listing may tell later", "interrupted", 8, { list: [holds(), cut(), cut(), cut()], ...lost }],
  ])("if %s: %s", async (_, code, offset, script) => {
    const { result, kinds, content } = delivering({ list: [holds()], create: [opened()], ...script });
    const error = (await thrownBy(result)) as UploadError;
    expect([error.constructor, error.code]).toEqual([UploadError, code]);
    const { file: _file, ...expected } = fakes.sessionOf({ offset });
    expect(error.session).toMatchObject({ ...expected, file: { name: "flower", size: 10 } });
    expect(kinds()).not.toContain("cancel");
    expect(content.closed).toBe(1);
  });
});

describe("a lost reply to the last range never doubles the file", () => {
  const lost = { create: [opened()], range: [wants(4), wants(8), cut()], status: [missing] };

  test("the new attachment is taken, and nothing is sent again", async () => {
    const { result, kinds } = delivering({ ...lost, list: [holds("old"), holds("old", "flower")] });
    expect(await result).toMatchObject({ attachment: { id: "id of flower" } });
    expect(kinds()).toEqual([...SESSION, "status", "list"]);
  });

  test("an older attachment of the same name is not taken, and the last range is sent again", async () => {
    const again = { ...lost, range: [...lost.range, created()], list: [holds("flower"), holds("flower")] };
    const { result, kinds } = delivering(again);
    expect(await result).toMatchObject({ attachment });
    expect(kinds()).toEqual([...SESSION, "status", "list", "range"]);
  });

  test("a 201 without a name is looked up", async () => {
    const unnamed = { list: [holds(), holds("flower")], create: [opened()], range: [wants(4), wants(8), reply(201)] };
    const { result, kinds } = delivering(unnamed);
    expect(await result).toMatchObject({ attachment: { id: "id of flower" } });
    expect(kinds()).toEqual([...SESSION, "list"]);
  });
});

test("a session that is gone is replaced a limited number of times, and then the refusal is reported", async () => {
  const five = <T>(value: T) => [value, value, value, value, value];
  const script = {
    list: five(holds()),
    create: five(opened()),
    range: five(missing),
    status: five(missing),
    cancel: five(missing),
  };
  const { result, kinds } = delivering(script);
  expect(await thrownBy(result)).toMatchObject({ reply: missing });
  expect(kinds().filter((kind) => kind === "create")).toHaveLength(5);
});
