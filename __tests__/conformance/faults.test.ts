import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import type { FaultScript } from "../../src/emulator/index.js";
import { withLargeAttachments, type UploadOptions } from "../../src/index.js";
import { fileOf, sha256 } from "../support/graph.js";
import { disputed, take } from "../support/subjects.js";
import { faultsFor, hostileFor, concerning, patienceWith } from "./support/scenarios.js";

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterAll(() => emulator.close());

describe.each(disputed)("$name", (subject) => {
  beforeAll(() => take(emulator, subject));
  const { lacks, range, parallel, about, listing } = subject;
  const round = parallel * range;
  const bytes = fileOf(3 * round + 17);
  const digest = sha256(bytes);
  const options = { threshold: 9_999, rangeSize: range, delay: 1 };

  const attachThrough = (...scripts: FaultScript[]) => attachWith({}, ...scripts);

  async function attachWith(more: UploadOptions, ...scripts: FaultScript[]) {
    const client = withLargeAttachments(subject.client(emulator), { ...options, ...more });
    const item = subject.add(emulator);
    subject.older(emulator, item, "a.bin");
    emulator.fault(...scripts);
    const made = await client.api(item.path).attach(bytes, { ...about, ...patienceWith(...scripts) });
    emulator.verifyFaults();
    const added = subject.held(emulator, item).filter(({ via }) => via === "session");
    expect(added).toMatchObject([{ id: made.id, name: "a.bin", sha256: digest }]);
    return emulator.requests;
  }

  describe.each(concerning(subject, faultsFor(subject)))("%s", (_, { needs: _needs, ...fault }) => {
    test.each(["first", "middle", "last"] as const)(
      "on the %s range neither loses nor doubles the file",
      async (at) => {
        const requests = await attachThrough({ ...fault, on: { kind: "range", range: at } });
        const sent = requests.reduce((sum, { kind, bodyBytes }) => sum + (kind === "range" ? bodyBytes : 0), 0);
        expect(sent).toBeLessThanOrEqual(2 * (bytes.length + round)); // a fresh session, at worst
      },
    );
  });

  test.each(concerning(subject, hostileFor(bytes.length)))(
    "%s in answer to a range leads to the right bytes all the same",
    async (_, { needs: _needs, ...fault }) => {
      await attachThrough({ ...fault, on: { kind: "range", range: "middle" } });
    },
  );

  test("an offset behind what was confirmed already costs one retry at most, also where nobody can be asked for the right one", async () => {
    // found by the simulation: what followed the range that was refused there was taken for the offset, again in vain
    const lie = { nextExpectedRanges: [`${round}-`] };
    const reply: FaultScript["reply"] = (given) => ({ ...given, body: lie });
    await attachWith({ retries: 1 }, { on: { kind: "range", range: 2 * parallel }, reply });
  });

  test("several faults in a row on every range are survived, because bytes that move bring the retries back", async () => {
    const all = ["first", "middle", "last"] as const;
    await attachThrough(...all.map((at) => ({ on: { kind: "range" as const, range: at }, status: 503, times: 4 })));
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
