import type { FaultScript, Item } from "../../src/emulator/index";
import { errorOf, openOutlook, openTodo, rangeOf, sampleBytes, startBench, type Bench } from "./support";

const bytes = sampleBytes(9000);
let bench: Bench;
let message: Item;
let url: string;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.emulator.close());
beforeEach(async () => {
  bench.emulator.reset();
  message = bench.emulator.addMessage();
  url = await openOutlook(bench, message, { size: bytes.length });
});
afterEach(() => bench.emulator.verifyFaults());

const put = (start: number, end: number, init: RequestInit = {}): Promise<Response> =>
  bench.send(url, { ...rangeOf(bytes, start, end), ...init });
const offset = (): number => bench.emulator.sessions.at(-1)!.offset;

/** Sends the whole file in ranges of 3,000 bytes and tells each outcome: a status, or "lost" for a broken connection. */
async function upload(): Promise<(number | "lost")[]> {
  const outcomes: (number | "lost")[] = [];
  while (offset() < bytes.length) {
    const start = offset();
    outcomes.push(
      await put(start, start + 3000).then(
        (response) => response.status,
        () => "lost" as const,
      ),
    );
  }
  return outcomes;
}

test.each<[string, FaultScript["on"], (number | "lost")[]]>([
  ["the first range", { range: "first" }, [503, 200, 200, 201]],
  ["a middle range", { range: "middle" }, [200, 503, 200, 201]],
  ["the last range", { range: "last" }, [200, 200, 503, 201]],
  ["a range by number", { range: 1 }, [200, 503, 200, 201]],
  ["a kind of request", { kind: "range" }, [503, 200, 200, 201]],
  ["a method on an origin", { method: "put", origin: "outlook" }, [503, 200, 200, 201]],
  ["a path", { path: /AttachmentSessions/ }, [503, 200, 200, 201]],
])("a fault waits for %s and is used once", async (_what, on, outcomes) => {
  bench.emulator.fault({ on, status: 503, headers: { "Retry-After": "1" } });
  expect(await upload()).toEqual(outcomes);
  expect(bench.emulator.attachments(message)[0]!.bytes.equals(bytes)).toBe(true);
  expect(bench.emulator.requests.filter(({ fault }) => fault !== undefined)).toHaveLength(1);
});

test("a range's number stays the same when the range is sent again", async () => {
  bench.emulator.fault({ on: { range: 1 }, times: 3, status: 500 });
  expect(await upload()).toEqual([200, 500, 500, 500, 200, 201]);
});

test("verifyFaults names the faults that no request met", async () => {
  const { emulator } = bench;
  const script = { on: { range: 7, path: /nowhere/ }, status: 500 };
  emulator.fault(script);
  await upload();
  expect(emulator.unusedFaults()).toEqual([script]);
  expect(() => emulator.verifyFaults()).toThrow('{"on":{"range":7,"path":"/nowhere/"},"status":500}');
  emulator.reset();
});

test("an answer instead of processing has its headers and body, and no bytes are kept", async () => {
  bench.emulator.fault(
    { on: { kind: "range" }, status: 429, headers: { "Retry-After": "3" }, body: { error: { code: "x" } } },
    { on: { kind: "range" }, status: 502, body: "<html>Bad gateway</html>" },
  );
  const throttled = await put(0, 3000);
  expect([throttled.status, throttled.headers.get("retry-after")]).toEqual([429, "3"]);
  expect((await errorOf(throttled)).code).toBe("x");
  const gateway = await put(0, 3000);
  expect([gateway.status, gateway.headers.get("content-type")]).toEqual([502, "text/html"]);
  expect(offset()).toBe(0);
});

test("an answer after processing hides that the bytes were kept", async () => {
  bench.emulator.fault({ on: { range: "first" }, status: 504, after: true });
  expect((await put(0, 3000)).status).toBe(504);
  expect(offset()).toBe(3000);
});

test.each<[string, FaultScript, number]>([
  ["before the body", { reset: "before" }, 0],
  ["midway", { reset: "midway" }, 0],
  ["after processing", { reset: "after" }, 3000],
  ["with part of the range kept", { partial: 100, reset: "after" }, 100],
  ["inside the answer", { cutReply: true }, 3000],
])("a connection that breaks %s leaves the stated offset", async (_where, fault, kept) => {
  bench.emulator.fault({ on: { range: "first" }, ...fault });
  await expect(put(0, 3000).then((response) => response.text())).rejects.toThrow();
  expect(offset()).toBe(kept);
});

test("a cut in the empty final answer still delivers its head, which holds the id", async () => {
  bench.emulator.fault({ on: { range: "last" }, cutReply: true });
  await put(0, 6000);
  const response = await put(6000, 9000);
  expect([response.status, response.headers.get("location")]).toEqual([201, expect.stringContaining("Attachments(")]);
});

test.each<[string, FaultScript, number]>([
  ["before", { hang: true }, 0],
  ["after", { hang: "after" }, 3000],
])("a request that hangs %s processing ends with its client and blocks no later one", async (_when, fault, kept) => {
  bench.emulator.fault({ on: { range: "first" }, ...fault });
  await expect(put(0, 3000, { signal: AbortSignal.timeout(50) })).rejects.toThrow("timeout");
  expect(offset()).toBe(kept);
  expect((await put(kept, 6000)).status).toBe(200);
});

test("a delay comes before the processing", async () => {
  bench.emulator.fault({ on: { range: "first" }, delay: 30 });
  const began = performance.now();
  expect((await put(0, 3000)).status).toBe(200);
  expect(performance.now() - began).toBeGreaterThanOrEqual(29);
});

test("after a range that was kept in part, only the rest is accepted", async () => {
  bench.emulator.fault({ on: { range: "last" }, partial: 10 });
  await put(0, 6000);
  const partly = await put(6000, 9000);
  expect([partly.status, await partly.json()]).toEqual([
    200,
    expect.objectContaining({ nextExpectedRanges: ["6010"] }),
  ]);
  expect((await put(6000, 9000)).status).toBe(416);
  expect((await put(6010, 9000)).status).toBe(201);
  expect(bench.emulator.attachments(message)[0]!.bytes.equals(bytes)).toBe(true);
});

test.each([404, 410, 401])("a dropped session answers %i and does not come back", async (status) => {
  bench.emulator.fault({ on: { range: "middle" }, gone: true, status });
  await put(0, 3000);
  expect((await put(3000, 6000)).status).toBe(status);
  expect(bench.emulator.sessions.at(-1)!.state).toBe("deleted");
  expect((await put(3000, 6000)).status).toBe(404);
});

test("a To Do session can be dropped too", async () => {
  const { emulator, send } = bench;
  const session = await openTodo(bench, emulator.addTask(), 10);
  emulator.fault({ on: { kind: "range" }, gone: true });
  const headers = { authorization: `Bearer ${emulator.token}` };
  expect((await send(`${session}/content`, rangeOf(sampleBytes(10), 0, 10, headers))).status).toBe(404);
  expect(emulator.sessions.at(-1)!.state).toBe("deleted");
});

test("a reply can be rewritten at will, for hostile services", async () => {
  bench.emulator.fault(
    { on: { range: "first" }, reply: (reply) => ({ ...reply, body: { nextExpectedRanges: ["99999999-"] } }) },
    { on: { kind: "list" }, reply: (reply) => ({ ...reply, status: 206, headers: {}, body: "not JSON" }) },
  );
  expect(await (await put(0, 3000)).json()).toEqual({ nextExpectedRanges: ["99999999-"] });
  const list = await bench.graph("GET", `${message.path}/attachments`);
  expect([list.status, await list.text()]).toEqual([206, "not JSON"]);
});

test("an exception in a fault's reply function reaches the client as an emulator error", async () => {
  bench.emulator.fault({
    on: { range: "first" },
    reply: () => {
      throw new Error("oops");
    },
  });
  expect(await errorOf(await put(0, 3000))).toMatchObject({ code: "EmulatorError", message: "oops" });
});

test("the later of two overlapping writes to one item gets 412, on any route, and other items are free", async () => {
  const { emulator, graph } = bench;
  emulator.fault({ on: { range: "first" }, delay: 600_000 });
  const stop = new AbortController();
  const hanging = put(0, 3000, { signal: stop.signal }).catch(() => "stopped");
  await arrived(2);
  const post = { "@odata.type": "#microsoft.graph.fileAttachment", name: "a", contentBytes: "" };
  const conflict = await graph("POST", `${message.path}/attachments`, post);
  expect([conflict.status, (await errorOf(conflict)).code]).toEqual([412, "ErrorIrresolvableConflict"]);
  expect((await bench.send(url, { method: "DELETE" })).status).toBe(412);
  expect((await graph("GET", `${message.path}/attachments`)).status).toBe(200);
  expect((await graph("POST", `${emulator.addMessage().path}/attachments`, post)).status).toBe(201);
  emulator.vary({ conflicts: false });
  expect((await graph("POST", `${message.path}/attachments`, post)).status).toBe(201);
  emulator.vary({ conflicts: true });
  stop.abort();
  expect(await hanging).toBe("stopped");
});

test("a session can be opened while a range goes to the same item, unless sessionConflicts says otherwise", async () => {
  const { emulator, graph } = bench;
  emulator.fault({ on: { range: "first" }, delay: 600_000 });
  const stop = new AbortController();
  const hanging = put(0, 3000, { signal: stop.signal }).catch(() => "stopped");
  await arrived(2);
  const open = () =>
    graph("POST", `${message.path}/attachments/createUploadSession`, {
      AttachmentItem: { attachmentType: "file", name: "b", size: 3000 },
    });
  expect((await open()).status).toBe(201);
  emulator.vary({ sessionConflicts: true });
  expect((await open()).status).toBe(412);
  emulator.vary({ sessionConflicts: false });
  stop.abort();
  expect(await hanging).toBe("stopped");
});

test("a client that aborts a write and sends the next one immediately gets no conflict", async () => {
  bench.emulator.fault({ on: { range: "first" }, times: 20, delay: 600_000 });
  for (let round = 0; round < 20; round++) {
    const stop = new AbortController();
    const stopped = put(0, 3000, { signal: stop.signal }).catch(() => "stopped");
    await arrived(2 * round + 2);
    stop.abort();
    await stopped;
    expect((await bench.graph("DELETE", `${message.path}/attachments/none`)).status).toBe(404);
  }
});

test("a fifth simultaneous request to one mailbox gets 429 ApplicationThrottled", async () => {
  const { emulator, graph } = bench;
  emulator.fault({ on: { kind: "list" }, times: 4, delay: 600_000 });
  const stop = new AbortController();
  const headers = { authorization: `Bearer ${emulator.token}` };
  const list = `${emulator.graphUrl}v1.0${message.path}/attachments`;
  const hanging = Array.from({ length: 4 }, () =>
    bench.send(list, { headers, signal: stop.signal }).catch(() => "stopped"),
  );
  await arrived(5);
  const fifth = await graph("GET", message.path);
  expect([fifth.status, fifth.headers.get("retry-after")]).toEqual([429, "1"]);
  expect((await errorOf(fifth)).code).toBe("ApplicationThrottled");
  stop.abort();
  expect(await Promise.all(hanging)).toEqual(Array(4).fill("stopped"));
});

/** Waits until the emulator has seen so many requests. */
async function arrived(count: number): Promise<void> {
  while (bench.emulator.requests.length < count) await new Promise((resolve) => setImmediate(resolve));
}
