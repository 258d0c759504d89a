import { UploadError } from "../../src/errors.js";
import { Refusal } from "../../src/http/refusal.js";
import type { UploadOptions } from "../../src/options.js";
import { postWhole } from "../../src/attach/post.js";
import type { Reply } from "../../src/protocol.js";
import { COLLECTION, count, cut, failure, holds, Recorded, reply, talk, thrownBy } from "../support/fakes";
import type { Answer, Kind } from "../support/fakes";

const made = reply(201, { id: "1", name: "flower" });
const file = { name: "flower", size: 10 };

function posting(script: Partial<Record<Kind, Answer[]>>, options: UploadOptions = {}) {
  const conversation = talk(script, options);
  const content = new Recorded(count(10));
  const { service } = conversation;
  return { ...conversation, content, result: postWhole({ service, collection: COLLECTION, file, content }) };
}

test("a file is posted whole, once, with its base64", async () => {
  const { result, kinds, requests, content } = posting({ post: [made] });
  expect(await result).toBe(made);
  expect(kinds()).toEqual(["post"]);
  expect(requests[0]).toMatchObject({ method: "POST", url: COLLECTION, to: "api" });
  const { contentBytes } = JSON.parse(requests[0]!.body as string) as { contentBytes: string };
  expect([...Buffer.from(contentBytes, "base64")]).toEqual([...count(10)]);
  expect(content.reads).toEqual([[0, 10]]);
});

test.each([
  reply(201),
  reply(201, '{"id":"1'),
  failure(400, "BadRequest"),
  failure(401, "InvalidAuthenticationToken"),
  failure(403, "ErrorAccessDenied"),
  failure(404, "ErrorItemNotFound"),
  failure(413, "BadRequest"),
])("$status is answered as it is and not tried again, because more of the same does not help", async (answer) => {
  const { result, kinds } = posting({ post: [answer] });
  expect(await result).toBe(answer);
  expect(kinds()).toEqual(["post"]);
});

test.each([failure(429, "ApplicationThrottled"), failure(412, "ErrorIrresolvableConflict")])(
  "$status is tried again at once, because the service has surely not taken the file",
  async (busy) => {
    const { result, kinds, content } = posting({ post: [busy, busy, made] });
    expect(await result).toBe(made);
    expect(kinds()).toEqual(["post", "post", "post"]);
    expect(content.reads).toEqual([[0, 10]]);
  },
);

const doubts: [string, Reply | Error][] = [
  ["a connection that was lost", cut()],
  ["500 without a body", reply(500)],
  ["502", failure(502, "x")],
  ["503", failure(503, "x")],
  ["504", reply(504, "<html>")],
  ["408", failure(408, "x")],
];

test.each(doubts)("after %s the file is posted again only where the item holds none of its name", async (_, doubt) => {
  const { result, kinds } = posting({ post: [doubt, doubt, made], list: [holds(), holds("other")] });
  expect(await result).toBe(made);
  expect(kinds()).toEqual(["post", "list", "post", "list", "post"]);
});

describe.each([doubts[0]!, doubts[3]!])("after %s", (_, doubt) => {
  test.each<[string, Answer[]]>([
    ["holds the name", [holds("flower")]],
    [
      "holds the name on a later page",
      [reply(200, { value: [], "@odata.nextLink": `${COLLECTION}?$skip=1` }), holds("flower")],
    ],
    ["does not tell", [failure(403, "ErrorAccessDenied")]],
    ["cannot be reached", [cut(), cut(), cut()]],
    ["fails at every attempt", [failure(503, "x"), failure(503, "x"), failure(503, "x")]],
  ])("an item that %s is no reason for a second attachment: the error says that it is uncertain", async (_, list) => {
    const { result, kinds } = posting({ post: [doubt, made], list });
    const error = (await thrownBy(result)) as UploadError;
    expect(kinds()).toEqual(["post", ...list.map(() => "list")]);
    expect(error).toBeInstanceOf(UploadError);
    expect([error.code, error.message]).toEqual(["uncertain", expect.stringContaining("before attaching again")]);
    expect(error.message).not.toMatch(/Nothing was attached/);
  });
});

test("a file that arrives during the wait is not posted again, for a gateway's 504 says nothing of what is behind it", async () => {
  jest.useFakeTimers();
  try {
    let arrived = false;
    const slow = () => {
      setTimeout(() => (arrived = true), 1000);
      return failure(504, "x", "Too slow.", { "Retry-After": "10" });
    };
    const look = () => (arrived ? holds("flower") : holds());
    const { result, kinds } = posting({ post: [slow, made], list: [look, look, look] });
    const failed = thrownBy(result);
    failed.catch(() => {});
    await jest.advanceTimersByTimeAsync(20_000);
    expect(kinds().filter((kind) => kind === "post")).toEqual(["post"]);
    expect(await failed).toMatchObject({ code: "uncertain" });
  } finally {
    jest.useRealTimers();
  }
});

test("the service's own refusal is told where retries run out", async () => {
  const last = failure(503, "ServiceUnavailable");
  const { result, kinds } = posting({ post: [reply(500), cut(), last], list: [holds(), holds(), holds()] });
  const error = (await thrownBy(result)) as Refusal;
  expect([error.constructor, error.reply]).toEqual([Refusal, last]);
  expect(kinds().filter((kind) => kind === "post")).toHaveLength(3);
});

test("where no reply ever came, the upload is interrupted, and the listing has shown that nothing was attached", async () => {
  const { result } = posting({ post: [cut(), cut(), cut()], list: [holds(), holds(), holds()] });
  const error = (await thrownBy(result)) as UploadError;
  expect([error.code, error.message]).toEqual(["interrupted", expect.stringMatching(/Nothing was attached/)]);
});

test("an abort ends the wait before the next attempt", async () => {
  const controller = new AbortController();
  const throttled = failure(429, "x", "Slow down.", { "Retry-After": "300" });
  const stop = () => {
    setImmediate(() => controller.abort("stop"));
    return throttled;
  };
  const { result, kinds } = posting({ post: [stop, made] }, { signal: controller.signal });
  expect(await thrownBy(result)).toBe("stop");
  expect(kinds()).toEqual(["post"]);
});

test("a file that cannot be read is not posted", async () => {
  const { service, kinds } = talk({ post: [made] });
  const content = new Recorded(count(10), true, () => Promise.reject(new UploadError("source", "No.")));
  const error = await thrownBy(postWhole({ service, collection: COLLECTION, file, content }));
  expect(error).toMatchObject({ code: "source" });
  expect(kinds()).toEqual([]);
});
