import { inspect } from "node:util";
import { GraphError } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator, type FaultScript } from "../../src/emulator/index.js";
import { LargeAttachmentTask, UploadError, withLargeAttachments } from "../../src/index.js";
import { fileOf, sha256 } from "../support/graph.js";
import { disputed, subjects, take } from "../support/subjects.js";
import { patienceWith } from "./support/scenarios.js";

const name = "a.bin";
const settings = { threshold: 9_999, delay: 1, retries: 2 };

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
afterAll(() => emulator.close());
beforeEach(() => emulator.reset());
afterEach(() => emulator.verifyFaults());

/** Everything that an error shows to whoever prints it. */
function shown(error: Error): string {
  const cause = (error as { cause?: Error }).cause;
  return [error.message, error.stack, JSON.stringify(error), inspect(error), cause?.message, cause?.stack].join("\n");
}

describe.each(disputed)("$name", (subject) => {
  beforeAll(() => take(emulator, subject));
  const { lacks, whole, range, parallel, about, listing } = subject;
  const bytes = fileOf(3 * parallel * range + 17);
  const options = { ...settings, rangeSize: range };
  const client = () => withLargeAttachments(subject.client(emulator), options);
  const attachThrough = async (...faults: FaultScript[]) => {
    const item = subject.add(emulator);
    emulator.fault(...faults);
    const error = await client()
      .api(item.path)
      .attach(bytes, { ...about, ...patienceWith(...faults) })
      .then(
        () => undefined,
        (reason: UploadError & GraphError) => reason,
      );
    expect(subject.held(emulator, item)).toEqual([]);
    return { error: error!, item };
  };

  test("what the service refuses for good reaches the caller as the client's own GraphError, and the session is discarded", async () => {
    const body = {
      error: {
        code: "ErrorQuotaExceeded",
        message: "Full.",
        innerError: { "request-id": "r-1", date: "2026-01-02T03:04:05" },
      },
    };
    for (const kind of ["create", "range"] as const) {
      const { error } = await attachThrough({ on: { kind }, status: 507, body });
      expect(error).toBeInstanceOf(GraphError);
      expect(error).toMatchObject({ statusCode: 507, code: "ErrorQuotaExceeded", requestId: "r-1" });
      expect(error.message).toMatch(/^Full\./); // what to do about it may follow
      expect(JSON.parse(error.body)).toMatchObject({ code: "ErrorQuotaExceeded" });
      expect(subject.open(emulator)).toEqual([]);
    }
  });

  if (!lacks.has("list"))
    test("what the item holds is not asked for if its session is refused", async () => {
      emulator.fault({ on: { kind: "create" }, status: 507 });
      await expect(client().api(subject.add(emulator).path).attach(bytes, about)).rejects.toThrow();
      const asked = emulator.requests.length;
      await new Promise((resolve) => setTimeout(resolve, 60));
      expect(emulator.requests.length).toBe(asked);
      expect(emulator.requests.filter(({ kind }) => kind === listing)).toEqual([]);
    });

  if (whole) {
    test("an intercepted POST that is refused gives the same GraphError as one POST would", async () => {
      const item = subject.add(emulator);
      const refusal = { status: 403, body: { error: { code: "ErrorAccessDenied", message: "No." } } };
      emulator.fault({ on: { kind: "create" }, ...refusal }, { on: { kind: "post" }, ...refusal });
      const { url, body } = whole(item.path, name, bytes);
      const posting = client().api(url).post(body);
      await expect(posting).rejects.toMatchObject({
        statusCode: 403,
        code: "ErrorAccessDenied",
        message: expect.stringMatching(/^No\. This may need the permission .*ReadWrite/),
      });
      expect(subject.held(emulator, item)).toEqual([]);
      expect(subject.open(emulator)).toEqual([]);
    });

    test("an intercepted POST whose session alone is refused is made as it is", async () => {
      const item = subject.add(emulator);
      emulator.fault({ on: { kind: "create" }, status: 403 });
      const { url, body } = whole(item.path, name, bytes);
      await client().api(url).post(body);
      expect(subject.held(emulator, item)).toMatchObject([{ name, sha256: sha256(bytes), via: "post" }]);
    });

    test("an intercepted POST whose session is refused for room makes no POST", async () => {
      const item = subject.add(emulator);
      emulator.fault({ on: { kind: "create" }, status: 507, body: { error: { code: "quota", message: "Full." } } });
      const { url, body } = whole(item.path, name, bytes);
      await expect(client().api(url).post(body)).rejects.toMatchObject({ statusCode: 507, code: "quota" });
      expect(emulator.requests.filter(({ kind }) => kind === "post")).toEqual([]);
      expect(subject.held(emulator, item)).toEqual([]);
    });
  }

  test.each([
    ["replies of 503 in HTML", { status: 503, body: "<html>down</html>" }, "503"],
    ["resets", { reset: "before" }, "fetch failed"],
    ["silence", { hang: true }, "No reply came within 250 ms"],
  ] as [string, FaultScript, string][])(
    "%s without end keep the session, which the error hands over to go on from",
    async (_, fault, why) => {
      const { error, item } = await attachThrough({ ...fault, on: { kind: "range", range: "last" }, times: 3 });
      expect(error).toMatchObject({ name: "UploadError", code: "interrupted", message: expect.stringContaining(why) });
      expect(error.session).toMatchObject({ offset: bytes.length - 17 });
      for (const secret of [error.session!.uploadUrl, "authtoken", emulator.token])
        expect(shown(error)).not.toContain(secret);
      const task = await LargeAttachmentTask.restore(subject.client(emulator), error.session!, bytes, options);
      const { id } = await task.resume();
      expect(subject.held(emulator, item)).toMatchObject([{ id, sha256: sha256(bytes) }]);
    },
  );

  if (!lacks.has("status"))
    test("a service that never moves forward ends as an error instead of a loop", async () => {
      const stuck = (reply: object) =>
        ({ ...reply, headers: { "content-type": "application/json" }, body: { nextExpectedRanges: ["0-"] } }) as never;
      const { error } = await attachThrough({ on: { kind: "range" }, times: 3 * parallel, reply: stuck, partial: 0 });
      expect(error).toMatchObject({ code: "stalled" });
      expect(emulator.requests.length).toBeLessThan(9 + 3 * parallel);
    });

  if (!lacks.has("gone"))
    test("sessions that keep vanishing end as the service's own 404", async () => {
      const { error } = await attachThrough({ on: { kind: "range" }, gone: true, times: 5 * parallel });
      expect(error).toMatchObject({ statusCode: 404 });
    });

  if (!lacks.has("list"))
    test("the upload says that it is uncertain where a lost last reply cannot be cleared up, instead of attaching again", async () => {
      const item = subject.add(emulator);
      emulator.fault(
        { on: { kind: listing }, status: 403, body: { error: { code: "ErrorAccessDenied", message: "" } } },
        { on: { kind: "range", range: "last" }, reset: "after" },
      );
      const attaching = client().api(item.path).attach(bytes, about);
      await expect(attaching).rejects.toMatchObject({ code: "uncertain", message: expect.stringMatching(/check/i) });
      expect(subject.held(emulator, item)).toHaveLength(1);
    });

  test("a failing source is told with its cause, its session is discarded, and nothing is attached", async () => {
    const cause = new Error("disk");
    async function* failing() {
      yield bytes.subarray(0, range + 5);
      throw cause;
    }
    async function* short() {
      yield bytes.subarray(0, bytes.length - 1);
    }
    async function* long() {
      yield bytes;
      yield bytes.subarray(0, 1);
    }
    for (const [source, message] of [
      [failing, /failed/],
      [short, /ended after/],
      [long, /longer/],
    ] as const) {
      const item = subject.add(emulator);
      const attaching = client()
        .api(item.path)
        .attach(source(), { ...about, size: bytes.length });
      const error = await attaching.catch((reason: UploadError) => reason);
      expect(error).toMatchObject({ code: "source", message: expect.stringMatching(message) });
      if (source === failing) expect((error as UploadError).cause).toBe(cause);
      expect(subject.held(emulator, item)).toEqual([]);
      expect(subject.open(emulator)).toEqual([]);
    }
  });

  if (whole)
    test("invalid base64 in an intercepted body is refused, wherever it stands, and nothing is left behind", async () => {
      const good = bytes.toString("base64");
      for (const contentBytes of [
        `*${good.slice(1)}`,
        `${good.slice(0, -4)}*===`,
        `${good.slice(0, 100_000)}*${good.slice(100_001)}`,
      ]) {
        const item = subject.add(emulator);
        const { url, body } = whole(item.path, name, bytes);
        const posting = client()
          .api(url)
          .post({ ...(body as object), contentBytes });
        await expect(posting).rejects.toMatchObject({ code: "invalid", message: expect.stringContaining("base64") });
        expect(subject.held(emulator, item)).toEqual([]);
        expect(subject.open(emulator)).toEqual([]);
      }
    });
});

describe.each(subjects)("$name", (subject) => {
  beforeAll(() => take(emulator, subject));
  const { lacks, range, parallel, about } = subject;
  const bytes = fileOf(3 * parallel * range + 17);
  const options = { ...settings, rangeSize: range };
  const attach = (file: unknown, more: object = about, path = subject.add(emulator).path) =>
    withLargeAttachments(subject.client(emulator), options)
      .api(path)
      .attach(file as Blob, more);

  const limit = subject.limit === Infinity ? 2 ** 40 : undefined; // a Server's administrator knows
  test.each([
    ...(lacks.has("names") ? [] : [["a file without a name", bytes, {}, /needs a name/]]),
    ["a stream without a size", new Blob([bytes]).stream(), about, /length of a stream/],
    ["a string", "hello", about, /is a string/],
    ["a number", 5, about, /must be a Blob/],
    ["a size that is not the file's", bytes, { ...about, size: 5 }, /size says 5/],
    ["a negative size", new Blob([bytes]).stream(), { ...about, size: -1 }, /whole number/],
    [
      "a file over the limit",
      { size: (limit ?? subject.limit) + 1, slice: () => bytes },
      { ...about, maxSize: limit },
      /takes up to/,
    ],
    ["a rangeSize of 0", bytes, { ...about, rangeSize: 0 }, /rangeSize/],
    ["a rangeSize over the limit", bytes, { ...about, rangeSize: subject.rangeLimit + 1 }, /rangeSize is \d+, but/],
    ["a rangeSize that is no number", bytes, { ...about, rangeSize: "1" }, /rangeSize/],
    ["a threshold below 0", bytes, { ...about, threshold: -1 }, /threshold/],
    ["a response that is an error", new Response("gone", { status: 404 }), about, /status 404/],
  ] as [string, unknown, object, RegExp][])(
    "%s is refused before the first request",
    async (_, file, more, message) => {
      const path = subject.add(emulator).path;
      const from = emulator.requests.length;
      await expect(attach(file, more, path)).rejects.toMatchObject({
        name: "UploadError",
        message: expect.stringMatching(message),
      });
      expect(emulator.requests.length).toBe(from);
    },
  );

  test("a URL that takes no attachments is refused before the first request", async () => {
    const from = emulator.requests.length;
    await expect(attach(bytes, { name }, "/me/contacts/AAMk")).rejects.toMatchObject({
      message: expect.stringContaining("/me/contacts/AAMk takes no attachments"),
    });
    expect(emulator.requests.length).toBe(from);
  });

  if (!lacks.has("many"))
    test("uploads to one item do not disturb each other: they queue, where it takes one at a time, and to others run side by side", async () => {
      const client = withLargeAttachments(subject.client(emulator), options);
      const [one, two] = [subject.add(emulator), subject.add(emulator)];
      const files = [1, 2, 3].map(() => fileOf(50_000));
      await Promise.all([
        ...files.map((file, i) => client.api(one.path).attach(file, { ...about, name: `${i}` })),
        client.api(two.path).attach(bytes, about),
      ]);
      const held = subject.held(emulator, one);
      if (!lacks.has("turns")) expect(held.map(({ name }) => name)).toEqual(["0", "1", "2"]);
      for (const [i, file] of files.entries())
        expect(held.filter(({ name }) => name === `${i}`)).toMatchObject([{ sha256: sha256(file) }]);
      expect(held).toHaveLength(files.length);
      const { requests } = emulator;
      expect(requests.filter(({ status }) => status === 412)).toEqual([]);
      const firstOfTwo = requests.findIndex(
        ({ path }) => path.includes(encodeURIComponent(two.id)) || path.includes(two.id),
      );
      if (!lacks.has("list") && !lacks.has("turns")) expect(firstOfTwo).toBeLessThan(6);
    });
});
