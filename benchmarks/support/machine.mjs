import { cpus, totalmem, type } from "node:os";

/** Describes the machine of the measurements. */
export function machine() {
  const [{ model }] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `Measured on ${type()} with ${cpus().length} cores (${model.trim()}), ${memory} GiB of memory, Node ${process.versions.node}, over loopback, without TLS where a table does not say otherwise. Compare rows, not absolutes. Spreads are the middle half of all rounds.`;
}
