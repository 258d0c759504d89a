/** Slices that nobody has read meet every fault, on every range, with every subject: `npm run test:exhaustive`. */
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { disputed, take } from "../support/subjects.js";
import { attaching, CountedBlob } from "./support/attaching.js";
import { allFaultsFor, concerning, positions } from "./support/scenarios.js";

jest.mock("../../src/http/requestBody.js", () => ({
  ...jest.requireActual<object>("../../src/http/requestBody.js"),
  sendsSlices: true,
  waitsForLostFiles: true,
}));

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterAll(() => emulator.close());

describe.each(disputed)("a Blob to $name", (subject) => {
  beforeAll(() => take(emulator, subject));
  const { bytes, round, attach } = attaching(() => emulator, subject);

  test("goes up unread, but for the last byte of each block", async () => {
    const file = new CountedBlob([bytes]);
    await attach(file, {});
    expect(file.read).toBe(Math.ceil(bytes.length / round));
  });

  describe.each(concerning(subject, allFaultsFor(subject)))("with %s", (_, { needs: _needs, ...fault }) => {
    test.each(positions)("on the %s range is neither lost nor doubled", async (range) => {
      await attach(new CountedBlob([bytes]), {}, { ...fault, on: { kind: "range", range } });
    });
  });
});
