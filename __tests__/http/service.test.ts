import { UploadError } from "../../src/errors.js";
import type { Ask } from "../../src/http/ask.js";
import { NoReply, Refusal } from "../../src/http/refusal.js";
import { Service } from "../../src/http/service.js";
import { Traffic } from "../../src/http/traffic.js";
import type { Send } from "../../src/http/transport.js";
import type { UploadOptions } from "../../src/options.js";
import { resolveOptions } from "../../src/settings.js";
import type { Reply, WireRequest } from "../../src/protocol.js";
import { outlook } from "../../src/protocols/outlook.js";
import { COLLECTION, cut, failure, listenersOf, notConnected, reply, sessionOf, thrownBy } from "../support/fakes";

const REQUEST: WireRequest = { method: "POST", url: COLLECTION, body: "{}", to: "api" };
const done = reply(201, { id: "1" });
const busy = failure(429, "x");
const passing = failure(503, "x");
const refused = failure(403, "ErrorAccessDenied");
const isDone = ({ status }: Reply) => (status === 201 ? "done" : undefined);

type Given = Reply | Error | (() => Reply | Promise<Reply>);

/** A service that gives these answers, and the limits of every request. */
function serving(answers: readonly Given[], options: UploadOptions = {}) {
  const left = [...answers];
  const limits: Parameters<Send>[1][] = [];
  const send: Send = async (_, own) => {
    own.signal?.throwIfAborted();
    limits.push(own);
    const answer = left.shift();
    if (answer === undefined) throw new Error("Nothing is scripted for another request.");
    if (answer instanceof Error) throw answer;
    return typeof answer === "function" ? answer() : answer;
  };
  const settings = resolveOptions({ delay: 0, retries: 2 }, options);
  return { service: new Service(outlook.api, send, settings, new Traffic(), COLLECTION), limits };
}

describe("one attempt", () => {
  test.each<[string, Given, object]>([
    ["a reply, with its verdict", done, { reply: done, verdict: "unsure" }],
    ["a refusal, with its verdict", refused, { reply: refused, verdict: "refused" }],
    ["a lost reply", cut(), { verdict: "unheard", cause: { name: "NoReply" } }],
    ["a refused connection", notConnected(), { verdict: "unsent", cause: { code: "ECONNREFUSED" } }],
  ])("returns %s", async (_, given, answer) => {
    expect(await serving([given]).service.attempt(REQUEST)).toMatchObject(answer);
  });

  test.each([new TypeError("(void 0) is not a function"), new Error("Sign in again."), "stop"])(
    "throws %p, which is not a failure of the network, as it is",
    async (error) => {
      const { service } = serving([() => Promise.reject(error)]);
      expect(await thrownBy(service.attempt(REQUEST))).toBe(error);
      const asking = serving([() => Promise.reject(error), done]);
      expect(await thrownBy(asking.service.get(REQUEST, isDone))).toBe(error);
      expect(asking.limits).toHaveLength(1);
    },
  );

  test.each<[string, WireRequest, number]>([
    ["a small request", REQUEST, 60_000],
    ["a request with a file", { ...REQUEST, body: "x".repeat(65_536) }, 300_000],
    ["a range", { ...REQUEST, method: "PUT" }, 300_000],
  ])("waits for the reply to %s", async (_, request, timeout) => {
    const { service, limits } = serving([done, done]);
    await service.attempt(request);
    await service.with({ timeout: 7 }).attempt(request);
    expect(limits.map((one) => one.timeout)).toEqual([timeout, 7]);
  });

  test("waits before the next one if a success asks for it", async () => {
    jest.useFakeTimers();
    try {
      const { service, limits } = serving([reply(200, {}, { "Retry-After": "5" }), done, done]);
      await service.attempt(REQUEST);
      const second = service.attempt(REQUEST);
      await jest.advanceTimersByTimeAsync(4_900);
      expect(limits).toHaveLength(1);
      await jest.advanceTimersByTimeAsync(200);
      await second;
      await service.attempt(REQUEST);
      expect(limits).toHaveLength(3);
    } finally {
      jest.useRealTimers();
    }
  });
});

type Told = "done" | "notDone" | undefined;
/** The outcome of a request: its result or the code of its error, and how often it was sent and looked for. */
async function outcomeOf(answers: readonly Given[], repeat: Ask<string>["repeat"], told?: readonly Told[]) {
  const { service, limits } = serving(answers, { patience: 1_500 }); // for two throttles
  const looks = [...(told ?? [])];
  let looked = 0;
  const settle = async () => {
    looked += 1;
    return looks.shift();
  };
  const uncertain = (cause: Error) => new UploadError("uncertain", "It may be done.", { cause });
  const asked: Ask<string> = { request: REQUEST, read: isDone, repeat, settle: told && settle, uncertain };
  const outcome = await service.ask(asked).catch((error: unknown) => {
    if (error instanceof Refusal) return error.reply.status;
    if (error instanceof UploadError) return error.code;
    throw error;
  });
  return [outcome, limits.length, looked];
}

describe("a request that may be repeated only if it was not taken", () => {
  test.each<[string, Given[], unknown[]]>([
    ["succeeds", [done], ["done", 1, 0]],
    ["is busy, and then succeeds", [busy, busy, done], ["done", 3, 0]],
    ["is not sent, and then succeeds", [notConnected(), notConnected(), done], ["done", 3, 0]],
    ["is refused", [refused], [403, 1, 0]],
    ["is always busy", [busy, busy, busy], [429, 3, 0]],
    ["is never sent", [notConnected(), notConnected(), notConnected()], ["interrupted", 3, 0]],
    ["is busy, and then never sent", [busy, busy, ...Array.from({ length: 3 }, notConnected)], ["interrupted", 5, 0]],
    ["is unheard", [cut()], ["uncertain", 1, 0]],
    ["fails in passing", [passing], ["uncertain", 1, 0]],
    ["succeeds without a result", [reply(200)], ["uncertain", 1, 0]],
    ["is not sent, and then unheard", [notConnected(), cut()], ["uncertain", 2, 0]],
  ])("and %s", async (_, answers, outcome) => {
    expect(await outcomeOf(answers, "ifNotTaken")).toEqual(outcome);
  });

  test.each<[string, Given[], Told[], unknown[]]>([
    ["was done", [cut()], ["done"], ["done", 1, 1]],
    ["was not done, so that it is sent again", [cut(), done], ["notDone"], ["done", 2, 1]],
    ["was not done, and is refused then", [passing, refused], ["notDone"], [403, 2, 1]],
    ["was never done", [cut(), cut(), cut()], ["notDone", "notDone", "notDone"], ["interrupted", 3, 3]],
    ["was never done, and always failed in passing", [passing, passing, passing], ["notDone", "notDone", "notDone"], [503, 3, 3]],
    ["was done at last", [cut(), passing, cut()], ["notDone", "notDone", "done"], ["done", 3, 3]],
    ["cannot be known", [cut()], [undefined], ["uncertain", 1, 1]],
    ["needs no look if the request was not sent", [notConnected(), busy, done], [], ["done", 3, 0]],
  ])("and that can be looked for: it %s", async (_, answers, told, outcome) => {
    expect(await outcomeOf(answers, "ifNotTaken", told)).toEqual(outcome);
  }); // prettier-ignore
});

describe("a request that may always be repeated", () => {
  test.each<[string, Given[], unknown[]]>([
    ["succeeds after all kinds of failures", [cut(), passing, done], ["done", 3, 0]],
    ["is refused", [refused], [403, 1, 0]],
    ["is unheard, and then refused", [cut(), refused], ["uncertain", 2, 0]],
    ["is never heard", [cut(), cut(), cut()], ["uncertain", 3, 0]],
    ["is never sent", [notConnected(), notConnected(), notConnected()], ["interrupted", 3, 0]],
    ["is always busy", [busy, busy, busy], ["interrupted", 3, 0]],
  ])("and %s", async (_, answers, outcome) => {
    expect(await outcomeOf(answers, "always")).toEqual(outcome);
  });

  test.each<[string, Given[], Told[], unknown[]]>([
    ["was done", [cut()], ["done"], ["done", 1, 1]],
    ["was not done", [cut(), refused], ["notDone"], [403, 2, 1]],
    ["cannot be known", [cut(), done], [undefined], ["done", 2, 1]],
  ])("and that can be looked for: it %s", async (_, answers, told, outcome) => {
    expect(await outcomeOf(answers, "always", told)).toEqual(outcome);
  });
});

test("a request may be written anew for each attempt, and may turn out to be unnecessary", async () => {
  const { service, limits } = serving([cut(), busy]);
  const doubts: boolean[] = [];
  const request = async (doubt: boolean) => {
    doubts.push(doubt);
    return doubts.length < 3 ? REQUEST : { done: "nothing to do" };
  };
  expect(await service.ask({ request, read: isDone, repeat: "always" })).toBe("nothing to do");
  expect([doubts, limits.length]).toEqual([[false, true, true], 2]);
});

test("reading repeats until there is a result, and reports an interruption with the last answer as its cause", async () => {
  expect(await serving([cut(), reply(200), done]).service.get(REQUEST, isDone)).toBe("done");
  const error = (await thrownBy(serving([cut(), cut(), passing]).service.get(REQUEST, isDone))) as UploadError;
  expect([error.code, error.cause]).toEqual(["interrupted", expect.objectContaining({ statusCode: 503 })]);
  expect(error.message).toBe(
    "Outlook did not take the file, even after retries: it answered 503: No. Nothing was attached; try again later.",
  );
});

test.each([
  ["a lost reply", { verdict: "unheard", cause: cut() } as const, "interrupted", "fetch failed"],
  ["a failure", { verdict: "passing", reply: passing } as const, "interrupted", "it answered 503"],
  ["a success without progress", { verdict: "unsure", reply: reply(200) } as const, "stalled", "takes no more bytes"],
  ["nothing", undefined, "stalled", "takes no more bytes"],
])("an upload that ends after %s can be resumed", (_, last, code, words) => {
  const session = sessionOf();
  const error = serving([]).service.interrupted(last, session);
  expect([error.code, error.session]).toEqual([code, session]);
  expect(error.message).toContain(words);
  expect(error.message).toMatch(/Resume it later with LargeAttachmentTask\.restore\(client, error\.session, file\)\.$/);
});

describe("an abort", () => {
  test("ends the wait between attempts with its own reason", async () => {
    const controller = new AbortController();
    const stop = () => (
      setImmediate(() => controller.abort("stop")),
      failure(429, "x", "No.", { "Retry-After": "300" })
    );
    const { service, limits } = serving([stop, done], { signal: controller.signal });
    expect(await thrownBy(service.get(REQUEST, isDone))).toBe("stop");
    expect(limits).toHaveLength(1);
  });

  test("before the first attempt sends nothing and writes no request", async () => {
    const { service, limits } = serving([done], { signal: AbortSignal.abort("before") });
    const request = jest.fn(async () => REQUEST);
    expect(await thrownBy(service.ask({ request, read: isDone, repeat: "always" }))).toBe("before");
    expect([request.mock.calls.length, limits.length]).toEqual([0, 0]);
  });
});

describe("cleaning up", () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ["setImmediate"] }));
  afterEach(() => void jest.useRealTimers());
  const never = (free: Service) => free.get(REQUEST, isDone);
  /** A transport that listens to its signal, as the real one does. */
  const listening = (signal: AbortSignal | undefined) =>
    new Promise<Reply>((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));

  test("works after an abort", async () => {
    const { service, limits } = serving([done], { signal: AbortSignal.abort("stop") });
    expect(await service.cleanUp(never)).toBe("done");
    expect(limits[0]!.signal!.aborted).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
  });

  test("has five seconds in all after an abort, waits included", async () => {
    const late = failure(503, "x", "No.", { "Retry-After": "60" });
    const { service } = serving([late, done], { signal: AbortSignal.abort("stop") });
    const cleaning = thrownBy(service.cleanUp(never));
    await jest.advanceTimersByTimeAsync(5_000);
    expect(await cleaning).toMatchObject({ message: "Cleaning up took too long." });
  });

  test("has five seconds from an abort that comes while it works", async () => {
    const controller = new AbortController();
    const listeners = listenersOf(controller.signal);
    let stopping: AbortSignal | undefined;
    const { service } = serving([() => listening(stopping)], { signal: controller.signal });
    const cleaning = thrownBy(
      service.cleanUp((free) => {
        stopping = free.settings.signal;
        return never(free);
      }),
    );
    await jest.advanceTimersByTimeAsync(60_000);
    expect(stopping!.aborted).toBe(false);
    controller.abort("stop");
    await jest.advanceTimersByTimeAsync(5_000);
    expect(await cleaning).toMatchObject({ message: "Cleaning up took too long." });
    expect([listeners(), jest.getTimerCount()]).toEqual([0, 0]);
  });

  test("leaves no listener and no timer", async () => {
    const { signal } = new AbortController();
    const listeners = listenersOf(signal);
    const { service } = serving([done, refused], { signal });
    await service.cleanUp(never);
    await service.cleanUp(never, true).catch(() => {});
    expect([listeners(), jest.getTimerCount()]).toEqual([0, 0]);
  });
});

describe("discarding a session", () => {
  const discard = outlook.session.cancel!(sessionOf())!;

  test.each<[string, Given[], number]>([
    ["succeeds", [reply(204)], 1],
    ["finds it gone", [failure(404, "x")], 1],
    ["finds it busy at first", [busy, passing, reply(204)], 3],
    ["is refused", [refused], 1],
    ["never succeeds", [cut(), cut(), cut(), cut()], 4],
    ["never reaches the service", [notConnected(), notConnected(), notConnected(), notConnected()], 4],
  ])("reports nothing if it %s", async (_, answers, sent) => {
    const { service, limits } = serving(answers);
    expect(await service.discard(discard)).toBeUndefined();
    expect(limits).toHaveLength(sent);
  });

  test("sends nothing if the service cannot discard", async () => {
    const { service, limits } = serving([]);
    await service.discard(undefined);
    expect(limits).toEqual([]);
  });

  test("works after an abort", async () => {
    const { service, limits } = serving([reply(204)], { signal: AbortSignal.abort("stop") });
    await service.discard(discard);
    expect(limits).toHaveLength(1);
  });
});

test("a throttled mailbox delays all requests to it", async () => {
  jest.useFakeTimers({ now: 0 });
  jest.spyOn(Math, "random").mockReturnValue(0);
  try {
    const { service, limits } = serving([failure(429, "x", "No.", { "Retry-After": "5" }), done]);
    await service.attempt(REQUEST);
    const other = service.with({ timeout: 5 }).attempt(REQUEST);
    await jest.advanceTimersByTimeAsync(4_900);
    expect(limits).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(200);
    expect(await other).toMatchObject({ reply: done });
  } finally {
    jest.restoreAllMocks();
    jest.useRealTimers();
  }
});

test("the error of a lost reply contains no address", () => {
  expect(new NoReply(new TypeError("request to https://x.test/?authtoken=y failed")).message).not.toContain(
    "authtoken",
  );
});
