import { attachFiles } from "../../src/attach/attachFiles.js";
import { startEmulator, type Emulator, type FaultScript } from "../../src/emulator/index.js";
import { Refusal } from "../../src/http/refusal.js";
import { createAzureDevOpsClient, withLargeAttachments } from "../../src/index.js";
import { Service } from "../../src/http/service.js";
import { Traffic } from "../../src/http/traffic.js";
import type { UploadOptions } from "../../src/options.js";
import { resolveOptions } from "../../src/settings.js";
import type { Protocol, Reply, WireRequest } from "../../src/protocol.js";
import { outlook } from "../../src/protocols/outlook.js";
import { COLLECTION, count, created, cut, failure, holds, Recorded, reply, thrownBy, wants } from "../support/fakes";
import { clientOf, fileOf } from "../support/graph";

/** A service whose uploads do not disturb each other. */
const parallel: Protocol = {
  ...outlook,
  api: { ...outlook.api, throttle: undefined },
  target: { ...outlook.target, item: undefined },
};

/** The answers to requests, by file and kind as in "a range 8". A request without one succeeds. */
type Script = Record<string, (Reply | Error | (() => Reply))[]>;

/** Attaches files of these sizes, in ranges of four bytes, to a service that distinguishes the files. */
function attaching(sizes: number[], script: Script = {}, options: UploadOptions = {}, protocol = parallel) {
  const log: string[] = [];
  const send = async ({ method, url, headers, body }: WireRequest): Promise<Reply> => {
    const range = /(\d+)-(\d+)\/(\d+)/
      .exec(headers?.["Content-Range"] ?? "")
      ?.slice(1)
      .map(Number);
    const session = /sessions\/(\w)/.exec(url)?.[1];
    const name = session ?? (/"name":"(\w)"/.exec(String(body))?.[1] as string);
    const kind = { GET: session ? "status" : "list", PUT: `range ${range?.[0]}`, DELETE: "cancel", PATCH: "", POST: /createUploadSession/.test(url) ? "create" : "post" }[method]; // prettier-ignore
    const what = kind === "list" ? "list" : `${name} ${kind}`;
    if (kind !== "list") log.push(what);
    const scripted = script[what]?.shift();
    await new Promise(setImmediate);
    if (scripted instanceof Error) throw scripted;
    if (scripted) return typeof scripted === "function" ? scripted() : scripted;
    if (kind === "list") return holds();
    if (kind === "create") return reply(201, { uploadUrl: `https://x.test/AttachmentSessions/${name}`.replace("AttachmentS", "s"), nextExpectedRanges: ["0-"] }); // prettier-ignore
    if (kind === "post") return reply(201, { id: name });
    if (kind === "cancel") return reply(204);
    if (!range) return wants(0);
    return range[1]! + 1 === range[2] ? created(name) : wants(range[1]! + 1);
  };
  const settings = resolveOptions({ delay: 0, retries: 2, rangeSize: 4, threshold: 3 }, options);
  const service = new Service(protocol.api, send, settings, new Traffic(), "");
  const jobs = sizes.map((size, index) => {
    const file = { name: "abc"[index]!, size };
    const turn = protocol.target.item?.(COLLECTION, file);
    return { service, protocol, collection: COLLECTION, file, content: new Recorded(count(size)), turn };
  });
  return { log, done: attachFiles(jobs) };
}

const ids = (...names: string[]) => names.map((id) => expect.objectContaining({ id }) as object);

test("the next session is opened while the last range of a file is sent, if uploads do not disturb each other", async () => {
  const { log, done } = attaching([10, 5, 8]);
  expect(await done).toEqual(ids("a", "b", "c"));
  expect(log).toEqual(["a create", "a range 0", "a range 4", "b create", "a range 8", "b range 0", "c create", "b range 4", "c range 0", "c range 4"]); // prettier-ignore
});

test("each session waits for the upload before it, if an item takes one write at a time", async () => {
  const { log, done } = attaching([10, 5], {}, {}, outlook);
  expect(await done).toEqual(ids("a", "b"));
  expect(log).toEqual(["a create", "a range 0", "a range 4", "a range 8", "b create", "b range 0", "b range 4"]);
});

test("no session is opened for a small file, neither early nor in its turn", async () => {
  const { log, done } = attaching([5, 3, 5]);
  expect(await done).toEqual(ids("a", "b", "c"));
  expect(log).toEqual(["a create", "a range 0", "a range 4", "b post", "c create", "c range 0", "c range 4"]);
});

test("a last range that is sent again opens no second session", async () => {
  const { log, done } = attaching([5, 5], {
    "a range 4": [failure(503, "x"), cut()],
    "a status": [wants(4), wants(4)],
  });
  expect(await done).toEqual(ids("a", "b"));
  expect(log.filter((what) => what === "b create")).toHaveLength(1);
});

describe("a session that was opened early", () => {
  test("is discarded when the upload before it fails", async () => {
    const { log, done } = attaching([5, 5, 5], { "a range 4": [failure(507, "quotaLimitReached")] });
    expect(await thrownBy(done)).toMatchObject({ constructor: Refusal, reply: { status: 507 } });
    expect(log.filter((what) => !/range/.test(what)).sort()).toEqual(["a cancel", "a create", "b cancel", "b create"]);
  });

  test("is discarded when the caller aborts", async () => {
    const controller = new AbortController();
    const stop = () => (controller.abort("stop"), wants(4));
    const { log, done } = attaching([5, 5], { "a range 4": [stop] }, { signal: controller.signal });
    expect(await thrownBy(done)).toBe("stop");
    expect(log).toEqual(expect.arrayContaining(["a cancel", "b create", "b cancel"]));
  });

  test("does not exist if the upload before it fails before its last range", async () => {
    const { log, done } = attaching([10, 5], { "a range 4": [failure(507, "quotaLimitReached")] });
    expect(await thrownBy(done)).toBeInstanceOf(Refusal);
    expect(log).toEqual(["a create", "a range 0", "a range 4", "a cancel"]);
  });

  test("may be refused, which is reported when the file before it is attached", async () => {
    const loaded = jest.fn();
    const script = { "b create": [failure(507, "quotaLimitReached")] };
    const { log, done } = attaching([5, 5], script, { onProgress: loaded });
    expect(await thrownBy(done)).toMatchObject({ constructor: Refusal, reply: { status: 507 } });
    expect(loaded).toHaveBeenLastCalledWith({ loaded: 5, total: 5 });
    expect(log).toEqual(["a create", "a range 0", "b create", "a range 4"]);
  });

  test("delays the failure of the upload before it by at most five seconds", async () => {
    jest.useFakeTimers({ doNotFake: ["setImmediate"] });
    try {
      const busy = failure(503, "x", "No.", { "Retry-After": "60" });
      const { log, done } = attaching([5, 5], { "b create": [busy, busy], "a range 4": [failure(507, "x")] });
      const failed = thrownBy(done);
      for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
      await jest.advanceTimersByTimeAsync(5_000);
      expect(await failed).toMatchObject({ constructor: Refusal, reply: { status: 507 } });
      expect(jest.getTimerCount()).toBe(0);
      expect(log.filter((what) => what.startsWith("b"))).toEqual(["b create"]);
    } finally {
      jest.useRealTimers();
    }
  });
});

describe("against the emulator", () => {
  let emulator: Emulator;
  beforeAll(async () => void (emulator = await startEmulator()));
  beforeEach(() => emulator.reset());
  afterEach(() => emulator.verifyFaults());
  afterAll(() => emulator.close());

  const files = [50_000, 60_000].map((size, index) => ({ file: fileOf(size), name: `${index}.bin` }));
  const options = { threshold: 9_999, rangeSize: 40_000, delay: 1 };
  const kinds = () => emulator.requests.map(({ kind }) => kind);
  /** A last range that is answered late, and the requests until then, in alphabetical order. */
  const slowly = (seen: string[][], status?: number): FaultScript => ({
    on: { kind: "range", range: "last" },
    delay: 500,
    reply: (given) => (seen.push(kinds().sort()), status ? { ...given, status, body: { message: "Full." } } : given),
  });
  const azure = () => {
    const { organizationUrl, personalAccessToken } = emulator.azureDevOps;
    const { fetchOptions } = emulator.clientOptions;
    return createAzureDevOpsClient({ organizationUrl, personalAccessToken, fetchOptions, ...options });
  };

  test("Azure DevOps opens the second upload while the last range of the first is sent", async () => {
    const seen: string[][] = [];
    emulator.fault(slowly(seen));
    const { id, path } = emulator.azureDevOps.addWorkItem();
    await azure().api(path).attach(files);
    expect(seen).toEqual([["create", "create", "range", "range", "workItem"]]);
    expect(kinds().slice(5)).toEqual(["range", "range", "link"]);
    expect(emulator.azureDevOps.workItem(id).relations.map(({ attributes }) => attributes["name"])).toEqual(["0.bin", "1.bin"]); // prettier-ignore
  });

  test("Azure DevOps discards the second upload, if it can, when the first fails", async () => {
    const seen: string[][] = [];
    emulator.fault(slowly(seen, 507));
    const { id, path } = emulator.azureDevOps.addWorkItem();
    const attaching = azure().api(`${path}?api-version=7.2-preview.4`).attach(files);
    await expect(attaching).rejects.toMatchObject({ statusCode: 507 });
    expect([seen, emulator.azureDevOps.attachments()]).toEqual([
      [["create", "create", "range", "range", "workItem"]],
      [],
    ]);
    expect(emulator.azureDevOps.workItem(id).relations).toEqual([]);
  });

  test("Outlook opens the second session while the last range of the first is sent, and never gets two writes to a message", async () => {
    const seen: string[][] = [];
    emulator.fault(slowly(seen));
    const client = withLargeAttachments(clientOf(emulator), options);
    const body = { message: { subject: "two", toRecipients: [{ emailAddress: { address: "a@example.com" } }] } };
    await client.api("/me/sendMail").withAttachments(files).post(body);
    const opened = (all: string[]) => all.filter((kind) => kind === "create").length;
    expect([seen.map(opened), opened(kinds())]).toEqual([[2], 2]);
    expect(emulator.requests.filter(({ status }) => status === 412)).toEqual([]);
  });
});
