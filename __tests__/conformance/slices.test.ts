/**
 * Chromium and Firefox are handed slices of a file that nobody has read: every fault once more, on real sockets, as they
 * meet it. What these engines make of it is in the browser tests.
 */
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { withLargeAttachments } from "../../src/index.js";
import { fileOf, sha256 } from "../support/graph.js";
import { disputed, take } from "../support/subjects.js";
import { concerning, faultsFor, patienceWith } from "./support/scenarios.js";

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
  const round = subject.parallel * subject.range;
  const bytes = fileOf(3 * round + 17);
  const options = { threshold: 9_999, rangeSize: subject.range, delay: 1 };

  /** A file that counts what is read of it; the slices that were handed on are not among that. */
  class Counted extends Blob {
    read = 0;

    override slice(...given: Parameters<Blob["slice"]>): Blob {
      const slice = super.slice(...given);
      const arrayBuffer = slice.arrayBuffer.bind(slice);
      return Object.assign(slice, { arrayBuffer: () => ((this.read += slice.size), arrayBuffer()) });
    }
  }

  async function attach(...scripts: Parameters<Emulator["fault"]>) {
    const client = withLargeAttachments(subject.client(emulator), options);
    const item = subject.add(emulator);
    subject.older(emulator, item, "a.bin");
    emulator.fault(...scripts);
    const file = new Counted([new Uint8Array(bytes)]);
    const made = await client.api(item.path).attach(file, { ...subject.about, ...patienceWith(...scripts) });
    emulator.verifyFaults();
    const [held, ...others] = subject.held(emulator, item).filter(({ via }) => via === "session");
    expect([others, held]).toMatchObject([[], { id: made.id, name: "a.bin", sha256: sha256(bytes) }]);
    return file;
  }

  test("goes up unread, but for the last byte of each block, which tells in Firefox that it can be read", async () => {
    expect((await attach()).read).toBe(Math.ceil(bytes.length / round));
  });

  test.each(concerning(subject, faultsFor(subject)))("with %s is neither lost nor doubled", async (_, given) => {
    const { needs: _needs, ...fault } = given;
    for (const range of ["first", "middle", "last"] as const) {
      emulator.reset();
      await attach({ ...fault, on: { kind: "range", range } });
    }
  });

  test("is read from the first failure on, for a file that is gone would fail in the same way", async () => {
    const file = await attach({ on: { kind: "range", range: "first" }, status: 503 });
    expect(file.read).toBeGreaterThanOrEqual(bytes.length);
  });
});
