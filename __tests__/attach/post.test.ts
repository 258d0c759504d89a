import { postWhole } from "../../src/attach/post.js";
import { UploadError } from "../../src/errors.js";
import { Refusal } from "../../src/http/refusal.js";
import { Service } from "../../src/http/service.js";
import type { UploadOptions } from "../../src/options.js";
import type { Reply } from "../../src/protocol.js";
import { azureDevOps } from "../../src/protocols/azureDevOps.js";
import { outlook } from "../../src/protocols/outlook.js";
import {
  COLLECTION,
  count,
  cut,
  failure,
  holds,
  notConnected,
  Recorded,
  reply,
  talk,
  thrownBy,
} from "../support/fakes";
import type { Answer, Kind } from "../support/fakes";

const posted = { id: "1", name: "flower" };
const made = reply(201, { ...posted, contentBytes: "AAEC" });

function posting(
  script: Partial<Record<Kind, Answer[]>>,
  options: UploadOptions = {},
  protocol = outlook.post,
  content = new Recorded(count(10)),
) {
  const conversation = talk(script, options);
  return { ...conversation, content, result: postWhole({ ...conversation.place, content }, protocol) };
}

test("posts a file whole, once, and returns the attachment without its bytes", async () => {
  const onProgress = jest.fn();
  const { result, kinds, requests, content } = posting({ post: [made] }, { onProgress });
  expect(await result).toEqual(posted);
  expect(kinds()).toEqual(["post"]);
  expect(onProgress.mock.calls).toEqual([[{ loaded: 10, total: 10 }]]);
  expect(requests[0]).toMatchObject({ method: "POST", url: COLLECTION, to: "api" });
  const { contentBytes } = JSON.parse(requests[0]!.body as string) as { contentBytes: string };
  expect([...Buffer.from(contentBytes, "base64")]).toEqual([...count(10)]);
  expect(content.reads).toEqual([[0, 10]]);
});

test.each([
  failure(400, "BadRequest"),
  failure(401, "InvalidAuthenticationToken"),
  failure(403, "ErrorAccessDenied"),
  failure(404, "ErrorItemNotFound"),
  failure(413, "BadRequest"),
])("reports the refusal $status and does not repeat the request", async (answer) => {
  const { result, kinds } = posting({ post: [answer] });
  const error = (await thrownBy(result)) as Refusal;
  expect([error.constructor, error.reply.status]).toEqual([Refusal, answer.status]);
  expect(error.verdict).toBe(outlook.api.verdict(answer));
  expect(kinds()).toEqual(["post"]);
});

test.each([reply(201), reply(201, '{"id":"1')])(
  "a success that was cut off is not repeated, and the error says that the service has the file",
  async (answer) => {
    const { result, kinds } = posting({ post: [answer] });
    expect(await thrownBy(result)).toMatchObject({
      code: "uncertain",
      message: expect.stringMatching(/has taken flower/),
    });
    expect(kinds()).toEqual(["post"]);
  },
);

test.each([
  reply(203, "<html>Sign in</html>"),
  reply(200, "<html>Sign in</html>"),
  reply(302), // a redirect whose target a browser hides
])("reports a sign-in page of Azure DevOps as a refusal, although its status is $status", async (page) => {
  const { place } = talk({});
  const send = async () => page;
  const service = new Service(azureDevOps.api, send, place.service.settings, place.service.traffic, "");
  const collection = "https://dev.azure.com/f/_apis/wit/attachments";
  const job = { service, protocol: azureDevOps, collection, file: place.file, content: new Recorded(count(10)) };
  const error = (await thrownBy(postWhole(job, azureDevOps.post!))) as Refusal;
  expect([error.constructor, error.reply?.status]).toEqual([Refusal, 401]);
});

test.each<[string, Reply | Error]>([
  ["429", failure(429, "ApplicationThrottled")],
  ["a refused connection", notConnected()],
])(
  "repeats the request after %s without looking, because the service has certainly not taken the file",
  async (_, busy) => {
    const { result, kinds, content } = posting({ post: [busy, busy, made] });
    expect(await result).toEqual(posted);
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
  ["412", failure(412, "ErrorIrresolvableConflict")],
];

test.each(doubts)("after %s, the file is posted again only if the item holds nothing of its name", async (_, doubt) => {
  const { result, kinds } = posting({ post: [doubt, doubt, made], list: [holds(), holds("other")] });
  expect(await result).toEqual(posted);
  expect(kinds()).toEqual(["post", "list", "post", "list", "post"]);
});

describe.each([doubts[0]!, doubts[3]!])("after %s", (_, doubt) => {
  test.each<[string, Answer[]]>([
    ["holds the name", [holds("flower")]],
    [
      "holds the name on a later page",
      [reply(200, { value: [], "@odata.nextLink": `${COLLECTION}?$skip=1` }), holds("flower")],
    ],
    ["does not list its attachments", [failure(403, "ErrorAccessDenied")]],
    ["cannot be reached", [cut(), cut(), cut()]],
    ["fails at every attempt", [failure(503, "x"), failure(503, "x"), failure(503, "x")]],
  ])("reports an uncertain result, instead of attaching twice, if the item %s", async (_, list) => {
    const { result, kinds } = posting({ post: [doubt, made], list });
    const error = (await thrownBy(result)) as UploadError;
    expect(kinds()).toEqual(["post", ...list.map(() => "list")]);
    expect(error).toBeInstanceOf(UploadError);
    expect([error.code, error.message]).toEqual(["uncertain", expect.stringContaining("before you attach it again")]);
    expect(error.message).not.toMatch(/Nothing was attached/);
  });
});

test("a file that arrives during the wait is not posted again, because a gateway's 504 says nothing about the service", async () => {
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
    await jest.advanceTimersByTimeAsync(20_000);
    expect(kinds().filter((kind) => kind === "post")).toEqual(["post"]);
    expect(await failed).toMatchObject({ code: "uncertain" });
  } finally {
    jest.useRealTimers();
  }
});

test("reports the service's own refusal if all retries fail", async () => {
  const last = failure(503, "ServiceUnavailable");
  const { result, kinds } = posting({ post: [reply(500), cut(), last], list: [holds(), holds(), holds()] });
  const error = (await thrownBy(result)) as Refusal;
  expect([error.constructor, error.reply]).toEqual([Refusal, last]);
  expect(kinds().filter((kind) => kind === "post")).toHaveLength(3);
});

test("reports an interruption if no reply ever arrives and the listing shows that nothing was attached", async () => {
  const { result } = posting({ post: [cut(), cut(), cut()], list: [holds(), holds(), holds()] });
  const error = (await thrownBy(result)) as UploadError;
  expect([error.code, error.message]).toEqual(["interrupted", expect.stringMatching(/Nothing was attached/)]);
});

test("reports an interruption, and never an uncertain result, if every connection is refused", async () => {
  const { result, kinds } = posting({ post: [notConnected(), notConnected(), notConnected()] });
  const error = (await thrownBy(result)) as UploadError;
  expect([error.code, error.message]).toEqual(["interrupted", expect.stringMatching(/Nothing was attached/)]);
  expect(kinds()).toEqual(["post", "post", "post"]);
});

describe("a request that can be repeated without harm", () => {
  const repeatable = { ...outlook.post, repeatable: () => true };

  test.each(doubts)("is repeated after %s without looking", async (_, doubt) => {
    const { result, kinds } = posting({ post: [doubt, made] }, {}, repeatable);
    expect(await result).toEqual(posted);
    expect(kinds()).toEqual(["post", "post"]);
  });

  test.each<[string, (Reply | Error)[]]>([
    ["all retries fail", [cut(), cut(), failure(503, "x")]],
    ["it is refused afterwards", [cut(), failure(409, "nameAlreadyExists")]],
  ])("is uncertain after a lost reply if %s", async (_, post) => {
    const { result } = posting({ post }, {}, repeatable);
    expect(await thrownBy(result)).toMatchObject({ code: "uncertain" });
  });
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
  const unreadable = new Recorded(count(10), true, () => Promise.reject(new UploadError("source", "No.")));
  const { result, kinds } = posting({ post: [made] }, {}, outlook.post, unreadable);
  expect(await thrownBy(result)).toMatchObject({ code: "source" });
  expect(kinds()).toEqual([]);
});
