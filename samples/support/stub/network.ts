import type { Start } from "./mailbox.js";

/**
 * Redirects requests for Graph and the upload host to the emulator, in the browser. The code and URLs of the app are the
 * same as in Office.
 */
const hosts = { "https://graph.microsoft.com/": "/graph/", "https://outlook.office.com/": "/outlook/" };
const send = globalThis.fetch;

/** Resolves when the mailbox is ready. `?fault=` of the page selects its fault. */
export const started: Promise<Start> = send(`/emulator/start${location.search}`, { method: "POST" }).then((reply) => {
  if (!reply.ok) throw new Error("This value of ?fault= is not known.");
  return reply.json();
});

globalThis.fetch = async (input, init) => {
  const url = typeof input === "string" ? input : input instanceof URL ? input.href : input.url;
  const host = Object.keys(hosts).find((one) => url.startsWith(one)) as keyof typeof hosts | undefined;
  if (!host) return send(input, init);
  await started;
  const here = hosts[host] + url.slice(host.length);
  return send(input instanceof Request ? new Request(here, input) : here, init);
};
