// Preloaded into a sample, it has graph.microsoft.com answered by the emulator at EMULATOR: so that the sample can be seen
// at what it does on the real Graph. The one task that it creates is at TASK.
const graph = "https://graph.microsoft.com/";
const { EMULATOR, TASK } = process.env;
const [, lists, list, tasks, task] = /^(.*)\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(TASK);
const made = {
  [`GET ${lists}`]: { value: [{ id: list }] },
  [`POST ${lists}/${list}/${tasks}`]: { id: task },
};
const real = globalThis.fetch;

globalThis.fetch = async (url, init) => {
  const answer = made[`${init?.method} ${decodeURIComponent(new URL(url).pathname).replace("/v1.0", "")}`];
  if (answer) return Response.json(answer);
  if (!url.startsWith(graph)) return real(url, init);
  const response = await real(EMULATOR + url.slice(graph.length), init);
  if (!response.headers.get("content-type")?.includes("json")) return response;
  const text = (await response.text()).replaceAll(EMULATOR, graph);
  return new Response(text, { status: response.status, headers: response.headers });
};
