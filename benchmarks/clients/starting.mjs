// The cost of a package when an application starts: its modules, without those that are loaded already.
import { readdirSync } from "node:fs";

const PEER = import.meta.resolve("@microsoft/microsoft-graph-client");
/** The modules that Node loads. */
const built = new URL("../../dist/node/", import.meta.url);
const OURS = new URL("index.js", built).href;
const parts = new URL("parts/", built);
const PARTS = new URL(
  readdirSync(parts).find((name) => name.startsWith("graph-")),
  parts,
).href;

const importing = (before, url) => async () => {
  for (const each of before) await import(each);
  return { work: async () => void (await import(url)) };
};

export const peer = importing([], PEER);
export const ours = importing([PEER], OURS);
export const rest = importing([PEER, OURS], PARTS);
