import { LONGEST_WAIT, Retrier } from "../../src/http/retry.js";
import { Service } from "../../src/http/service.js";
import { Traffic } from "../../src/http/traffic.js";
import type { Send } from "../../src/http/transport.js";
import type { Limiter } from "../../src/limiter.js";
import type { UploadOptions } from "../../src/options.js";
import type { UploadWaiting } from "../../src/reports.js";
import { resolveOptions } from "../../src/settings.js";
import type { Api, Reply, WireRequest } from "../../src/protocol.js";
import { azureDevOps } from "../../src/protocols/azureDevOps.js";
import { drive } from "../../src/protocols/drive.js";
import { outlook } from "../../src/protocols/outlook.js";
import { teams } from "../../src/protocols/teams.js";
import { todo } from "../../src/protocols/todo.js";
import { answerOf, COLLECTION, failure, GRAPH, reply } from "../support/fakes";

const now = Date.parse("2025-01-01T00:00:00Z");
beforeEach(() => void jest.useFakeTimers({ now, doNotFake: ["setImmediate"] }));
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

const throttled = (status: number, seconds?: number) =>
  failure(status, "x", "No.", seconds === undefined ? {} : { "Retry-After": String(seconds) });
const moved = () => reply(302, undefined, { Location: "https://x.sharepoint.com/_layouts/15/Throttle.htm" });

/** How often a retrier says that there is another attempt, and the milliseconds that it waits. */
async function patienceOf(replies: readonly Reply[], limits: ConstructorParameters<typeof Retrier>[0]) {
  const retrier = new Retrier(limits);
  const waits: number[] = [];
  for (const one of replies) {
    const more = retrier.next(answerOf(one), (wait) => waits.push(wait));
    await jest.advanceTimersByTimeAsync(LONGEST_WAIT);
    if (!(await more)) break;
  }
  return waits;
}

describe("a throttle", () => {
  test.each([
    ["429 with Retry-After", throttled(429, 7), 7_000],
    ["503 with Retry-After", throttled(503, 7), 7_000],
    ["509 with Retry-After", throttled(509, 7), 7_000],
  ])("of %s waits as asked and uses up no attempt", async (_, one, wait) => {
    expect(await patienceOf(Array(20).fill(one), { retries: 0, delay: 1 })).toEqual(Array(20).fill(wait));
  });

  test.each([
    ["429 without Retry-After", throttled(429)],
    ["a redirect to SharePoint's page for it", moved()],
  ])("of %s waits longer each time, and uses up no attempt", async (_, one) => {
    jest.spyOn(Math, "random").mockReturnValue(1);
    expect(await patienceOf(Array(4).fill(one), { retries: 0, delay: 100 })).toEqual([100, 200, 400, 800]);
  });

  test("is waited for ten minutes in all, and for as long as the option says", async () => {
    const minutes = Array(20).fill(throttled(429, 60));
    expect(await patienceOf(minutes, { retries: 0, delay: 1 })).toHaveLength(10);
    expect(await patienceOf(minutes, { retries: 0, delay: 1, patience: 120_000 })).toHaveLength(2);
    expect(await patienceOf(minutes, { retries: 5, delay: 1, patience: 59_999 })).toHaveLength(0);
  });

  test("of no length is not repeated forever", async () => {
    const waits = await patienceOf(Array(2_000).fill(throttled(429, 0)), { retries: 0, delay: 0 });
    expect(waits.length).toBeLessThan(700);
  });

  test("between other failures leaves their attempts alone", async () => {
    const mixed = [throttled(429, 1), throttled(503), throttled(429, 1), throttled(503), throttled(503)];
    expect(await patienceOf(mixed, { retries: 2, delay: 0 })).toEqual([1_000, 0, 1_000, 0]);
  });

  test("is waited for again after progress", async () => {
    const retrier = new Retrier({ retries: 0, delay: 1 });
    const next = async () => {
      const more = retrier.next(answerOf(throttled(429, 600)));
      await jest.advanceTimersByTimeAsync(LONGEST_WAIT);
      return more;
    };
    expect([await next(), await next()]).toEqual([true, false]);
    retrier.reset();
    expect(await next()).toBe(true);
  });
});

const REQUEST: WireRequest = { method: "POST", url: COLLECTION, body: "{}", to: "api" };

/** A service whose replies the test gives, and a limiter that notes what it is told. */
function limited(api: Api, url: string, replies: Reply[], options: UploadOptions = {}) {
  const entered: unknown[] = [];
  const paused: [lane: string, wait: number][] = [];
  let inside = 0;
  const limiter: Limiter = {
    enter: async (request) => {
      entered.push(request);
      inside++;
      return () => void inside--;
    },
    pause: (lane, wait) => void paused.push([lane, wait]),
  };
  const send: Send = async () => replies.shift()!;
  const service = new Service(api, send, resolveOptions({ limiter, delay: 100 }, options), new Traffic(), url);
  return { service, entered, paused, inside: () => inside };
}

describe("the lane of a request", () => {
  const user = `${GRAPH}/users/megan@contoso.com`;
  test.each([
    "users/megan@contoso.com/messages/a/attachments",
    "users/Megan%40Contoso.com/events/b/attachments",
    "users('megan@contoso.com')/messages/a/attachments",
    "users(%27MEGAN%40contoso.com%27)/messages('a')/attachments",
    "Users/megan@contoso.com/todo/lists/l/tasks/t/attachments",
    "me/messages/a/attachments",
    "ME/sendMail",
  ])("knows one mailbox as %s, in v1.0 and in beta", async (path) => {
    for (const version of ["v1.0", "beta", "V1.0"]) {
      const url = `https://graph.microsoft.com/${version}/${path}`;
      const { service, entered } = limited(outlook.api, url, [reply(200)], { mailbox: "Megan@Contoso.com" });
      await service.attempt(REQUEST);
      expect(entered).toEqual([{ lane: user, most: 4, bytes: 2 }]);
    }
  });

  test("knows a key with a quote in every spelling", () => {
    const lanes = [
      "users/o'neil@x.com",
      "users('o''neil@x.com')",
      "users(%27o%27%27neil%40x.com%27)",
      "users/O%27Neil@x.com",
    ];
    const all = new Set(lanes.map((path) => outlook.api.throttle!.lane(`${GRAPH}/${path}/messages`)));
    expect([...all]).toEqual([`${GRAPH}/users/o'neil@x.com`]);
  });

  test("is that of /me where nobody names the user, of a group, and of each user apart", () => {
    const lane = (path: string) => outlook.api.throttle!.lane(`${GRAPH}/${path}`);
    expect(lane("me/messages/a")).toBe(`${GRAPH}/me`);
    expect(lane("groups/G/events/e")).toBe(`${GRAPH}/groups/g`);
    expect(lane("users/a@x.com/messages")).not.toBe(lane("users/b@x.com/messages"));
    expect(outlook.api.throttle!.lane(`${GRAPH}/users/b/messages`, "a")).toBe(`${GRAPH}/users/b`);
  });

  test.each<[string, Api, string, string, number]>([
    ["To Do, with the mailbox", todo.api, `${GRAPH}/users/A/todo/lists/l/tasks/t/attachments`, `${GRAPH}/users/a`, 4],
    ["a drive", drive.api, `${GRAPH}/drives/B!1/root:/x:/content`, `${GRAPH}/drives/b!1 OneDrive`, Infinity],
    ["the drive of a user", drive.api, `${GRAPH}/me/drive/root:/x`, `${GRAPH}/me OneDrive`, Infinity],
    ["a team", teams, `${GRAPH}/teams/T/channels/c/messages`, `${GRAPH}/teams/t Teams`, Infinity],
    [
      "an organization of Azure DevOps",
      azureDevOps.api,
      "https://dev.azure.com/Contoso/Project/_apis/wit/attachments?api-version=7.1",
      "https://dev.azure.com/contoso",
      Infinity,
    ],
  ])("of %s pauses alike after a 429", async (_, api, url, lane, most) => {
    jest.spyOn(Math, "random").mockReturnValue(0);
    const { service, entered, paused, inside } = limited(api, url, [throttled(429, 3), reply(200)]);
    const done = service.get({ ...REQUEST, url }, ({ status }) => status === 200 || undefined);
    await jest.advanceTimersByTimeAsync(3_000);
    expect(await done).toBe(true);
    expect(entered).toEqual(Array(2).fill({ lane, most, bytes: 2 }));
    expect([paused, inside()]).toEqual([[[lane, 3_000]], 0]);
  });
});

describe("a pause", () => {
  test("is longer than asked for by some jitter, so that processes do not come back together", async () => {
    const waits = new Set<number>();
    for (let times = 0; times < 20; times++) {
      const { service, paused } = limited(outlook.api, COLLECTION, [throttled(429, 60)]);
      await service.attempt(REQUEST);
      waits.add(paused[0]![1]);
    }
    expect(waits.size).toBeGreaterThan(10);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(60_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(70_000);
  });

  test("follows a 429 without Retry-After too, and lasts longer each time", async () => {
    jest.spyOn(Math, "random").mockReturnValue(0);
    const { service, paused } = limited(outlook.api, COLLECTION, [
      throttled(429),
      throttled(429),
      reply(200),
      throttled(429),
    ]);
    for (let times = 0; times < 4; times++) await service.attempt(REQUEST);
    expect(paused.map(([, wait]) => wait)).toEqual([50, 100, 50]);
  });

  test("that is asked for beyond all patience is none, because nobody waits for it", async () => {
    const { service, paused } = limited(outlook.api, COLLECTION, [throttled(429, 601)]);
    await service.attempt(REQUEST);
    expect(paused).toEqual([]);
  });

  test("is reported", async () => {
    jest.spyOn(Math, "random").mockReturnValue(0);
    const told: UploadWaiting[] = [];
    const onWaiting = (one: UploadWaiting) => void told.push(one);
    const busy = reply(429, undefined, { "Retry-After": "3", "request-id": "r-7" });
    const { service } = limited(outlook.api, COLLECTION, [busy, throttled(503, 2)], { onWaiting });
    await service.attempt(REQUEST);
    await service.attempt(REQUEST);
    expect(told).toEqual([
      { reason: "throttled", lane: `${GRAPH}/me`, wait: 3_000, waited: 0, status: 429, requestId: "r-7" },
      { reason: "throttled", lane: `${GRAPH}/me`, wait: 2_000, waited: 3_000, status: 503 },
    ]);
  });
});

describe("a limiter of the user", () => {
  test("is waited for outside the timeout of the request, and an abort ends the wait", async () => {
    let go: (leave: () => void) => void = () => {};
    const left = jest.fn();
    const enter = () => new Promise<() => void>((resolve) => (go = resolve));
    const { service } = limited(outlook.api, COLLECTION, [reply(200)], { limiter: { enter, pause() {} }, timeout: 10 });
    const slow = service.attempt(REQUEST);
    await jest.advanceTimersByTimeAsync(60_000);
    go(left);
    expect(await slow).toMatchObject({ reply: { status: 200 } });
    const stop = new AbortController();
    const stopped = service.with({ signal: stop.signal }).attempt(REQUEST);
    stop.abort("stop");
    await expect(stopped).rejects.toBe("stop");
    go(left); // too late: the place is given back
    await jest.advanceTimersByTimeAsync(0);
    expect(left).toHaveBeenCalledTimes(2);
  });

  test.each([
    { limiter: {} },
    { limiter: { enter() {} } },
    { limiter: 4 },
    { mailbox: "" },
    { mailbox: "/users/a" },
    { patience: -1 },
  ])("is refused before the first request if it is none: %j", (wrong) => {
    expect(() => resolveOptions(wrong as unknown as UploadOptions)).toThrow(/^(limiter|mailbox|patience) must be /);
  });
});
