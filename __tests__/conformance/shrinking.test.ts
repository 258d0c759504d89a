import { startEmulator, type Emulator, type FaultScript } from "../../src/emulator/index.js";
import { withLargeAttachments, type UploadOptions } from "../../src/index.js";
import { KIB_320 } from "../../src/range.js";
import { fileOf, sha256 } from "../support/graph.js";
import { subjects, take, type Subject } from "../support/subjects.js";

const bytes = fileOf(24 * KIB_320 + 17);
const digest = sha256(bytes);
const options = { name: "a.bin", threshold: 9_999, rangeSize: 4 * KIB_320, delay: 1, timeout: 2_000 };

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

/** The ranges that were sent, each as where it begins and how long it is, in multiples of 320 KiB. */
const sent = () =>
  emulator.requests
    .filter(({ kind }) => kind === "range")
    .map(({ contentRange }) => {
      const [first, last] = /(\d+)-(\d+)/.exec(contentRange!)!.slice(1).map(Number) as [number, number];
      return [first / KIB_320, Math.floor((last + 1 - first) / KIB_320)];
    });
const lengths = () => sent().map(([, length]) => length);

async function attach(subject: Subject, more: UploadOptions, ...faults: FaultScript[]) {
  const item = subject.add(emulator);
  emulator.fault(...faults);
  await withLargeAttachments(subject.client(emulator))
    .api(item.path)
    .attach(bytes, { ...options, ...more });
  expect(subject.held(emulator, item)).toMatchObject([{ sha256: digest, via: "session" }]);
}

const shrunk = [4, 2, ...Array.from({ length: 16 }, () => 1), 2, 2, 2, 2, 0];

/** Those that take ranges of any length, one of each protocol. */
const loose = subjects.filter(({ name }) => /Outlook message|To Do|Azure/.test(name));
const asking = loose.filter(({ lacks }) => !lacks.has("status"));
const [workItem] = loose.filter(({ lacks }) => lacks.has("status"));

describe.each(asking)("to $name", (subject) => {
  beforeAll(() => take(emulator, subject));

  test("ranges are half as long after each that the line has lost, and grow again when enough came through", async () => {
    await attach(subject, {}, { on: { range: 0 }, reset: "before" });
    expect(lengths()).toEqual([4, 2, 2, 2, 2, 2, 2, 2, 2, 4, 4, 0]);
    emulator.reset();
    await attach(subject, {}, { on: { range: 0 }, reset: "before", times: 2 });
    expect(lengths()).toEqual(shrunk);
  });

  test.each<[string, FaultScript, UploadOptions]>([
    ["that was cut midway", { reset: "midway" }, {}],
    ["that took too long", { hang: true }, { timeout: 1_000 }],
    ["that the service found too slow, with 408", { status: 408 }, {}],
  ])("after a range %s, the bytes are sent again in shorter ones", async (_, fault, more) => {
    await attach(subject, more, { ...fault, on: { range: 1 } });
    expect(sent().slice(0, 4)).toEqual([[0, 4], [4, 4], [4, 2], [6, 2]]); // prettier-ignore
  });

  test("after a lost reply what the service has is not sent again, but the line is taken for a bad one", async () => {
    await attach(subject, {}, { on: { range: 1 }, reset: "after" });
    expect(sent().slice(0, 4)).toEqual([[0, 4], [4, 4], [8, 2], [10, 2]]); // prettier-ignore
  });

  test.each([503, 429, 500])("after %p ranges stay as long, for the line is not at fault", async (status) => {
    await attach(subject, {}, { on: { range: 1 }, status });
    expect(lengths()).toEqual([4, 4, 4, 4, 4, 4, 4, 0]);
  });
});

describe.each(loose)("to $name", (subject) => {
  beforeAll(() => take(emulator, subject));

  test("a range that is refused as too large becomes shorter, until it is taken", async () => {
    await attach(subject, {}, { on: { range: 0 }, status: 413, times: 2 });
    expect(lengths()).toEqual(shrunk);
  });

  test("a range of 320 KiB that is refused as too large is refused for good", async () => {
    const error = await attach(subject, {}, { on: { range: 0 }, status: 413, times: 3 }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ name: expect.stringMatching("Error"), statusCode: 413 });
    expect(lengths()).toEqual([4, 2, 1]);
  });

  test("a range of less than 320 KiB is sent again as it is", async () => {
    await attach(subject, { rangeSize: 200_000 }, { on: { range: 2 }, reset: "before" });
    const all = emulator.requests.filter(({ kind }) => kind === "range").map(({ contentRange }) => contentRange);
    expect(all.filter((range) => range === `bytes 400000-599999/${bytes.length}`)).toHaveLength(2);
    expect(all).toHaveLength(Math.ceil(bytes.length / 200_000) + 1);
  });
});

test.each(["before", "after"] as const)(
  "to Azure DevOps the very same range is sent again whose reply was lost (%s it was taken), and those after it are shorter",
  async (reset) => {
    take(emulator, { ...workItem!, vary: { azureReplay: "accept" } });
    await attach(workItem!, {}, { on: { range: 1 }, reset, times: 2 });
    expect(sent().slice(0, 6)).toEqual([[0, 4], [4, 4], [4, 4], [4, 4], [8, 1], [9, 1]]); // prettier-ignore
  },
);

test("to Azure DevOps a range is not sent again as it is once it was refused as too large, though a reply to it was lost before", async () => {
  take(emulator, workItem!);
  await attach(workItem!, {}, { on: { range: 1 }, reset: "before" }, { on: { range: 1 }, status: 413 });
  expect(sent().slice(0, 5)).toEqual([[0, 4], [4, 4], [4, 4], [4, 1], [5, 1]]); // prettier-ignore
});
