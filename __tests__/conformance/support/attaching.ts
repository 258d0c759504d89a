import type { Emulator, FaultScript } from "../../../src/emulator/index.js";
import { withLargeAttachments, type UploadOptions } from "../../../src/index.js";
import { fileOf, sha256 } from "../../support/graph.js";
import type { Subject } from "../../support/subjects.js";
import { patienceWith } from "./scenarios.js";

/** Attaches a file of a little more than three rounds of ranges to new items of a subject, through faults. */
export function attaching(emulator: () => Emulator, subject: Subject) {
  const { range, parallel, about } = subject;
  const round = parallel * range;
  const bytes = fileOf(3 * round + 17);
  const digest = sha256(bytes);
  const options = { threshold: 9_999, rangeSize: range, delay: 1 };

  /** Returns the emulator's requests, once the item holds the file and holds it once. */
  async function attach(file: Blob | Buffer, more: UploadOptions, ...scripts: FaultScript[]) {
    const client = withLargeAttachments(subject.client(emulator()), { ...options, ...more });
    const item = subject.add(emulator());
    subject.older(emulator(), item, "a.bin");
    emulator().fault(...scripts);
    const made = await client.api(item.path).attach(file, { ...about, ...patienceWith(...scripts) });
    emulator().verifyFaults();
    const added = subject.held(emulator(), item).filter(({ via }) => via === "session");
    expect(added).toMatchObject([{ id: made.id, name: "a.bin", sha256: digest }]);
    return emulator().requests;
  }

  /** Sends no more than a fresh session needs, at worst. */
  async function attachThrough(...scripts: FaultScript[]) {
    const requests = await attach(bytes, {}, ...scripts);
    const sent = requests.reduce((sum, { kind, bodyBytes }) => sum + (kind === "range" ? bodyBytes : 0), 0);
    expect(sent).toBeLessThanOrEqual(2 * (bytes.length + round));
  }

  return { bytes, round, attach, attachThrough };
}

/** A Blob that counts the bytes read from it. A slice that was only passed on does not count. */
export class CountedBlob extends Blob {
  read = 0;

  override slice(...given: Parameters<Blob["slice"]>): Blob {
    const slice = super.slice(...given);
    const arrayBuffer = slice.arrayBuffer.bind(slice);
    return Object.assign(slice, { arrayBuffer: () => ((this.read += slice.size), arrayBuffer()) });
  }
}
