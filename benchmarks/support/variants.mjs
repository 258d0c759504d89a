/** A client of the folder `clients`, as a variant for `inRounds`. */
export function client(file, run, parameters) {
  return { module: new URL(`../clients/${file}.mjs`, import.meta.url).href, run, parameters };
}

/** One measure of every sample. */
export const each = (samples, what) => samples.map((one) => one[what]);
