/**
 * Chromium and Firefox are handed slices of a file that nobody has read. One subject of each protocol meets the faults as
 * these engines meet them, on real sockets. All subjects and ranges: slices.exhaustive.ts; the engines themselves: the
 * browser tests.
 */
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { oneOfEach, take } from "../support/subjects.js";
import { attaching, CountedBlob } from "./support/attaching.js";
import { concerning, faultsFor, positions, variants } from "./support/scenarios.js";

jest.mock("../../src/http/requestBody.js", () => ({
  ...jest.requireActual<object>("../../src/http/requestBody.js"),
  sendsSlices: true,
  waitsForLostFiles: true,
}));

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterAll(() => emulator.close());

describe.each(oneOfEach)("a Blob to $name", (subject) => {
  beforeAll(() => take(emulator, subject));
  const { bytes, round, attach } = attaching(() => emulator, subject);
  const blob = () => new CountedBlob([bytes]);

  test("goes up unread, but for the last byte of each block, which tells in Firefox that it can be read", async () => {
    const file = blob();
    await attach(file, {});
    expect(file.read).toBe(Math.ceil(bytes.length / round));
  });

  test.each(concerning(subject, faultsFor(subject)))("with %s is neither lost nor doubled", async (_, given) => {
    const { needs: _needs, ...fault } = given;
    for (const range of positions) {
      emulator.reset();
      await attach(blob(), {}, { ...fault, on: { kind: "range", range } });
    }
  });

  test("is read from the first failure on, for a file that is gone would fail in the same way", async () => {
    const file = blob();
    await attach(file, {}, { on: { kind: "range", range: "first" }, status: 503 });
    expect(file.read).toBeGreaterThanOrEqual(bytes.length);
  });
});

const [message] = oneOfEach;
describe(`a Blob to ${message!.name}`, () => {
  beforeAll(() => take(emulator, message!));
  const { bytes, attach } = attaching(() => emulator, message!);

  test.each(concerning(message!, variants))("with %s is neither lost nor doubled", async (_, given) => {
    const { needs: _needs, at, ...fault } = given;
    await attach(new CountedBlob([bytes]), {}, { ...fault, on: { kind: "range", range: at } });
  });
});
