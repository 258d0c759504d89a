// What an application pays when it starts: the modules of a package, without those that it has loaded before.
const PEER = import.meta.resolve("@microsoft/microsoft-graph-client");
const OURS = new URL("../../dist/esm/index.js", import.meta.url).href;
const PARTS = new URL("../../dist/esm/client/graph.js", import.meta.url).href;

const importing = (before, url) => async () => {
  for (const each of before) await import(each);
  return { work: async () => void (await import(url)) };
};

export const peer = importing([], PEER);
export const ours = importing([PEER], OURS);
export const rest = importing([PEER, OURS], PARTS);
