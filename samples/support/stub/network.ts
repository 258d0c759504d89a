import type { Start } from "./mailbox.js";

/**
 * In the browser: what goes to Graph and to the upload host goes to the emulator instead. The app's own code is the same
 * as in Office, down to its URLs.
 */
const hosts = { "https://graph.microsoft.com/": "/graph/", "https://outlook.office.com/": "/outlook/" };
const send = globalThis.fetch;

/** The mailbox is ready; `?fault=` of the page says what goes wrong in it. */
export const started: Promise<Start> = send(`/emulator/start${location.search}`, { method: "POST" }).then((reply) => {
  if (!reply.ok) throw new Error(`?fault= of this page is not known.`);
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
