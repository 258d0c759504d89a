/** No service can make an upload wait for ever. The clock is virtual. */
import { LargeAttachmentTask } from "../../src/index.js";
import {
  attachment,
  clientOver,
  collection,
  failure,
  file,
  GRAPH,
  HOST,
  options,
  Wire,
  type Answer,
} from "./support/wire.js";

const YEAR = "31536000";
const waits = [YEAR, "99999999999999999999", "9".repeat(400), new Date(4e12).toUTCString(), "2147483.648", "2147484"];

const delays: number[] = [];
let timers: jest.SpyInstance;
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ["nextTick", "queueMicrotask", "setImmediate", "performance"] });
  delays.length = 0;
  const fake = globalThis.setTimeout;
  timers = jest.spyOn(globalThis, "setTimeout").mockImplementation(((work: () => void, delay = 0) => {
    delays.push(delay);
    return fake(work, delay);
  }) as never);
});
afterEach(() => {
  timers.mockRestore();
  jest.useRealTimers();
});

/** Lets virtual time pass until the work ends, at most an hour. Returns its error and its duration in seconds. */
async function ended(work: Promise<unknown>): Promise<{ error: unknown; seconds: number }> {
  const from = Date.now();
  let over: { error: unknown } | undefined;
  work.then(
    () => (over = { error: undefined }),
    (error: unknown) => (over = { error }),
  );
  while (!over && Date.now() - from < 3_600_000) {
    await new Promise((resolve) => setImmediate(resolve));
    if (!over) await jest.advanceTimersByTimeAsync(1_000);
  }
  if (!over) throw new Error("It still waits after an hour.");
  return { error: over.error, seconds: (Date.now() - from) / 1_000 };
}

const busy =
  (wait: string, status: number, when: (request: { method: string; origin: string; url: string }) => boolean): Answer =>
  (request) =>
    when(request) ? Response.json({ error: { code: "x" } }, { status, headers: { "Retry-After": wait } }) : undefined;

const places = [
  ["a range", ({ method }: { method: string }) => method === "PUT"],
  ["the creation of a session", ({ url }: { url: string }) => url.includes("createUploadSession")],
] as const;

describe.each(places)("a Retry-After at %s", (_, when) => {
  test.each(waits.flatMap((wait) => [429, 503].map((status) => [wait.slice(0, 40), status, wait] as const)))(
    "of %s with %d ends with an error that can be resumed, instead of a wait",
    async (_, status, wait) => {
      const wire = new Wire(busy(wait, status, when));
      for (const work of [
        clientOver(wire)
          .api("/me/messages/AAMk=")
          .attach(file, { ...options, name: "a" }),
        clientOver(wire).api(collection).post(attachment),
      ]) {
        const { error, seconds } = await ended(work);
        expect(error).toMatchObject({ code: "interrupted" });
        expect(seconds).toBeLessThan(60);
      }
      expect(Math.max(...delays)).toBeLessThan(2 ** 31);
    },
  );
});

test("a list that asks for a year delays nothing, because the list is only a precaution", async () => {
  const wire = new Wire(busy(YEAR, 429, ({ method, origin }) => method === "GET" && origin === GRAPH));
  const { seconds } = await ended(
    clientOver(wire)
      .api("/me/messages/AAMk=")
      .attach(file, { ...options, name: "a" }),
  );
  expect(seconds).toBeLessThan(60);
});

test("a success that asks for a year delays no range", async () => {
  let taken = 0;
  const wire = new Wire(({ method }) => {
    if (method !== "PUT") return undefined;
    taken += 60;
    if (taken >= file.length) return undefined;
    return Response.json({ nextExpectedRanges: [`${taken}-`] }, { headers: { "Retry-After": YEAR } });
  });
  const { seconds } = await ended(
    clientOver(wire)
      .api("/me/messages/AAMk=")
      .attach(file, { ...options, name: "a" }),
  );
  expect(seconds).toBeLessThan(600);
});

test("an upload that has to wait for a year delays no other upload to the mailbox", async () => {
  let first = true;
  const wire = new Wire(({ method }) => {
    if (method !== "PUT" || !first) return undefined;
    first = false;
    return Response.json({}, { status: 429, headers: { "Retry-After": YEAR } });
  });
  const client = clientOver(wire);
  const attach = (name: string) => client.api(`/me/messages/${name}`).attach(file, { ...options, name });
  expect((await ended(attach("a"))).error).toMatchObject({ code: "interrupted" });
  const { error, seconds } = await ended(attach("b"));
  expect(error).toBeUndefined();
  expect(seconds).toBeLessThan(600);
});

test("a cancel does not wait for an upload host that asks for a year", async () => {
  const wire = new Wire(busy(YEAR, 429, ({ origin }) => origin === HOST));
  const task = await LargeAttachmentTask.create(clientOver(wire), collection, file, { ...options, name: "a" });
  const { seconds } = await ended(failure(task.cancel()));
  expect(seconds).toBeLessThan(60);
});

test.each(["delay", "timeout", "retries", "threshold", "rangeSize", "maxSize"] as const)(
  "%s accepts no number that a timer or an array cannot hold",
  async (name) => {
    for (const value of [NaN, -1, 2 ** 31, Infinity, 0.5, "5" as never]) {
      const bounded = name === "delay" || name === "timeout";
      if (!bounded && (value === 2 ** 31 || value === Infinity)) continue;
      const wire = new Wire();
      const attaching = clientOver(wire)
        .api("/me/messages/AAMk=")
        .attach(file, { name: "a", [name]: value });
      expect((await ended(attaching)).error).toMatchObject({ code: "invalid" });
      expect(wire.sent).toEqual([]);
    }
  },
);
