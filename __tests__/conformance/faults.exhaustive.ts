/** Every fault of a range, on every range, with every subject: `npm run test:exhaustive`. */
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { disputed, take } from "../support/subjects.js";
import { attaching } from "./support/attaching.js";
import { allFaultsFor, concerning, hostileFor, positions } from "./support/scenarios.js";

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterAll(() => emulator.close());

describe.each(disputed)("$name", (subject) => {
  beforeAll(() => take(emulator, subject));
  const { bytes, attachThrough } = attaching(() => emulator, subject);

  describe.each(concerning(subject, allFaultsFor(subject)))("%s", (_, { needs: _needs, ...fault }) => {
    test.each(positions)("on the %s range neither loses nor doubles the file", async (range) => {
      await attachThrough({ ...fault, on: { kind: "range", range } });
    });
  });

  test.each(concerning(subject, hostileFor(bytes.length)))(
    "%s in answer to a range leads to the right bytes all the same",
    async (_, { needs: _needs, ...fault }) => {
      await attachThrough({ ...fault, on: { kind: "range", range: "middle" } });
    },
  );
});
