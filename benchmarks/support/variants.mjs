/** Creates a variant for `inRounds` from a client in the folder `clients`. `flags` are for Node. */
export function client(file, run, parameters, flags) {
  return { module: new URL(`../clients/${file}.mjs`, import.meta.url).href, run, parameters, flags };
}

/** Picks one measurement from every sample. */
export const each = (samples, what) => samples.map((one) => one[what]);
