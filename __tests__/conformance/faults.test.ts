/**
 * Every subject meets every fault that makes the upload do something of its own: one subject of each protocol on each
 * range, the others in the middle and at the end. The other forms of these faults are rows: one subject of each protocol
 * meets them. The product of all three: faults.exhaustive.ts.
 */
import { startEmulator, type Emulator, type FaultScript } from "../../src/emulator/index.js";
import { disputed, oneOfEach, take } from "../support/subjects.js";
import { attaching } from "./support/attaching.js";
import { concerning, faultsFor, hostileFor, positions, variants } from "./support/scenarios.js";

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterAll(() => emulator.close());

describe.each(disputed)("$name", (subject) => {
  beforeAll(() => take(emulator, subject));
  const { lacks, parallel, listing } = subject;
  const { bytes, round, attach, attachThrough } = attaching(() => emulator, subject);

  describe.each(concerning(subject, faultsFor(subject)))("%s", (_, { needs: _needs, ...fault }) => {
    const where = positions.filter((range) => range !== "first" || oneOfEach.includes(subject));
    test.each(where)("on the %s range neither loses nor doubles the file", async (range) => {
      await attachThrough({ ...fault, on: { kind: "range", range } });
    });
  });

  test("an offset behind what was confirmed already costs one retry at most, also where nobody can be asked for the right one", async () => {
    // found by the simulation: what followed the range that was refused there was taken for the offset, again in vain
    const lie = { nextExpectedRanges: [`${round}-`] };
    const reply: FaultScript["reply"] = (given) => ({ ...given, body: lie });
    await attach(bytes, { retries: 1 }, { on: { kind: "range", range: 2 * parallel }, reply });
  });

  test("several faults in a row on every range are survived, because bytes that move bring the retries back", async () => {
    const scripts = positions.map((range) => ({ on: { kind: "range" as const, range }, status: 503, times: 4 }));
    await attach(bytes, {}, ...scripts);
  });

  test.each((["create", listing] as const).filter((kind) => kind === "create" || !lacks.has("list")))(
    "passing trouble with the %s request is waited out",
    async (kind) => {
      const on = { kind };
      const cut = kind === "create" && lacks.has("rivals") ? [] : [{ on, cutReply: true }];
      await attachThrough({ on, status: 503 }, { on, status: 429 }, { on, reset: "before" }, ...cut);
    },
  );

  if (!lacks.has("status"))
    test("a status request that fails does not mislead the upload", async () => {
      await attachThrough(
        { on: { kind: "range", range: "middle" }, reset: "after" },
        { on: { kind: "status" }, status: 503 },
        { on: { kind: "status" }, reset: "before" },
      );
    });
});

describe.each(oneOfEach)("other faults of $name", (subject) => {
  beforeAll(() => take(emulator, subject));
  const { bytes, attachThrough } = attaching(() => emulator, subject);

  test.each(concerning(subject, variants))(
    "%s neither loses nor doubles the file",
    async (_, { needs: _needs, at, ...fault }) => {
      await attachThrough({ ...fault, on: { kind: "range", range: at } });
    },
  );

  test.each(concerning(subject, hostileFor(bytes.length)))(
    "%s in answer to a range leads to the right bytes all the same",
    async (_, { needs: _needs, ...fault }) => {
      await attachThrough({ ...fault, on: { kind: "range", range: "middle" } });
    },
  );
});
