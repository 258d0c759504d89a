import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import type { FaultScript } from "../../src/emulator/index.js";
import { withLargeAttachments } from "../../src/index.js";
import { fileOf, sha256 } from "../support/graph.js";
import { disputed, take, type Subject } from "../support/subjects.js";

const conflict = { error: { code: "ErrorIrresolvableConflict", message: "change key" } };

const replied = (body: unknown) => ({
  reply: (reply: object) => ({ ...reply, headers: { "content-type": "application/json" }, body }) as never,
});

type Scenario = Omit<FaultScript, "on"> & { readonly needs?: "status" | "gone" | "html" };

/** One fault each; the upload must end whole, and once. */
const faultsFor = ({ range }: Subject): Record<string, Scenario> => ({
  "408": { status: 408 },
  "429 with Retry-After": { status: 429, headers: { "Retry-After": "0" } },
  "429 without Retry-After": { status: 429 },
  "412 of two writers": { status: 412, body: conflict },
  "500 without a body": { status: 500 },
  "500 after the bytes were kept": { status: 500, after: true },
  "502 in HTML": { status: 502, body: "<html>Bad gateway</html>" },
  "503 with a Retry-After date": { status: 503, headers: { "Retry-After": new Date(0).toUTCString() } },
  "503 after the bytes were kept": { status: 503, after: true },
  "504": { status: 504 },
  "509": { status: 509 },
  "a reset before the bytes": { reset: "before" },
  "a reset midway": { reset: "midway" },
  "a reset after the bytes were kept": { reset: "after" },
  "no reply, nothing kept": { hang: true },
  "no reply, the bytes kept": { hang: "after" },
  "a reply that is cut": { cutReply: true },
  "acceptance of a part": { partial: Math.floor(range / 3), needs: "status" },
  "acceptance of a part, then a reset": { partial: Math.floor(range / 3), reset: "after" },
  "acceptance of nothing": { partial: 0, needs: "status" },
  "a session that is gone with 404": { gone: true, needs: "gone" },
  "a session that is gone with 410": { gone: true, status: 410, needs: "gone" },
  "a session that is gone with 401": { gone: true, status: 401, needs: "gone" },
  "416 for bytes that are there": {
    needs: "status",
    status: 416,
    after: true,
    body: { error: { code: "invalidRange", message: "" } },
  },
});

/** Replies to a range that is kept, but not the last: what the service says of it cannot be used. */
const hostileFor = (size: number): Record<string, Scenario> => ({
  "an empty 200": replied(""),
  "a 200 in HTML": { ...replied("<html></html>"), needs: "html" },
  "truncated JSON": replied('{"nextExpectedRanges":["4'),
  "no ranges": replied({}),
  "an empty list of ranges": replied({ nextExpectedRanges: [] }),
  "a number": replied({ nextExpectedRanges: 7.5 }),
  "a negative offset": replied({ nextExpectedRanges: ["-5"] }),
  "an offset beyond what was sent": replied({ nextExpectedRanges: [`${size - 18}-`] }),
  "an offset beyond the end": replied({ nextExpectedRanges: ["99999999999-"] }),
  nonsense: replied({ nextExpectedRanges: ["bytes"] }),
  "a huge reply": replied({ nextExpectedRanges: ["x".repeat(2_000_000)] }),
});

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
  const options = { threshold: 9_999, rangeSize: range, delay: 1, timeout: 250 };

  const concerning = (all: Record<string, Scenario>) =>
    Object.entries(all).filter(([, { needs }]) => !needs || !lacks.has(needs));

  async function attachThrough(...scripts: FaultScript[]) {
    const client = withLargeAttachments(subject.client(emulator), options);
    const item = subject.add(emulator);
    subject.older(emulator, item, "a.bin");
    emulator.fault(...scripts);
    const made = await client.api(item.path).attach(bytes, about);
    emulator.verifyFaults();
    const added = subject.held(emulator, item).filter(({ via }) => via === "session");
    expect(added).toMatchObject([{ id: made.id, name: "a.bin", sha256: digest }]);
    return emulator.requests;
  }

  describe.each(concerning(faultsFor(subject)))("%s", (_, { needs: _needs, ...fault }) => {
    test.each(["first", "middle", "last"] as const)(
      "on the %s range neither loses nor doubles the file",
      async (at) => {
        const requests = await attachThrough({ ...fault, on: { kind: "range", range: at } });
        const sent = requests.reduce((sum, { kind, bodyBytes }) => sum + (kind === "range" ? bodyBytes : 0), 0);
        expect(sent).toBeLessThanOrEqual(2 * (bytes.length + round)); // a fresh session, at worst
      },
    );
  });

  test.each(concerning(hostileFor(bytes.length)))(
    "%s in answer to a range leads to the right bytes all the same",
    async (_, { needs: _needs, ...fault }) => {
      await attachThrough({ ...fault, on: { kind: "range", range: "middle" } });
    },
  );

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
