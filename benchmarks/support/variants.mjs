/** A client of the folder `clients`, as a variant for `inRounds`; `flags` are Node's own. */
export function client(file, run, parameters, flags) {
  return { module: new URL(`../clients/${file}.mjs`, import.meta.url).href, run, parameters, flags };
}

/** One measure of every sample. */
export const each = (samples, what) => samples.map((one) => one[what]);
