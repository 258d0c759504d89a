import { RangeReader } from "../../src/upload/rangeReader.js";
import { count, Recorded } from "../support/fakes";

const bytes = count(95);
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Content that overwrites memory as soon as it is released. */
class Overwriting extends Recorded {
  readonly released: number[] = [];
  readonly #given = new Set<Uint8Array>();

  override async read(start: number, end: number): Promise<Uint8Array> {
    const given = await super.read(start, end);
    this.#given.add(given);
    return given;
  }

  release(memory: Uint8Array): void {
    if (this.#given.has(memory)) this.released.push(memory[0]!);
    this.#given.delete(memory);
    expect([...memory]).not.toContain(255); // it was released before
    memory.fill(255);
  }
}

describe("memory is released", () => {
  const reading = (unit?: number) => {
    const content = new Overwriting(bytes, false);
    return { content, reader: new RangeReader(content, 10, unit) };
  };

  test("once, when the next block is handed out, and not while its own block is in use", async () => {
    const { content, reader } = reading();
    const after = async (start: number) => (await reader.read(start), await settled(), [...content.released]);
    expect([await after(0), await after(0), await after(4), await after(9)]).toEqual([[], [], [], []]);
    expect([await after(10), await after(15), await after(20)]).toEqual([[0], [0], [0, 10]]);
  });

  test("for every block except those that were retained", async () => {
    const { content, reader } = reading();
    const retained: Uint8Array[] = [];
    for (let at = 0; at < 95; at += 10) {
      const block = await reader.read(at);
      if (at !== 10 && at !== 50) continue;
      retained.push(block);
      reader.retain();
      reader.retain();
      retained.push(await reader.read(at + 3)); // sent again, and taken
    }
    await settled();
    expect(content.released).toEqual([0, 20, 30, 40, 60, 70, 80]);
    expect(retained.map((block) => [...block])).toEqual([[10, 20], [13, 20], [50, 60], [53, 60]].map(([from, to]) => [...bytes.subarray(from, to)])); // prettier-ignore
  });

  test("for joined blocks as well, and nothing that is held or retained is overwritten", async () => {
    const { content, reader } = reading(4);
    const intact = (start: number, block: Uint8Array) =>
      expect([...block]).toEqual([...bytes.subarray(start, start + block.length)]);
    let retained: Uint8Array | undefined;
    for (const start of [0, 8, 19, 29, 30, 37, 48, 59]) {
      const block = await reader.read(start);
      if (start === 19) {
        retained = block;
        reader.retain();
      }
      await settled();
      intact(start, block);
    }
    intact(19, retained!);
    expect(content.released).toEqual([10, 0, 20, 30, 40, 50, 60]);
  });
});
