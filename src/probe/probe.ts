import type { ProbeOptions, ProbeReport } from "./api.js";
import type { Means } from "./door.js";
import { imagine } from "./imagined.js";
import { limits, runProbe } from "./run.js";

const means: Means = {
  ...limits,
  fetch: (...request) => fetch(...request),
  now: Date.now,
  wait: (seconds, signal) =>
    new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", stop);
        resolve();
      }, seconds * 1000);
      if (signal?.aborted) stop();
      else signal?.addEventListener("abort", stop, { once: true });
    }),
};

/**
 * Shows how the services of a tenant behave where documents and reports leave it open. It works on items of its own, which
 * it names "graph-large-attachments probe …" and deletes: with at most 200 requests and 60 MB, one after another.
 *
 * Resolves with the report also after an abort and after refusals. Rejects with a `TypeError` if the options open no service,
 * and with the error of `getToken` or `getAuthorization`.
 */
export async function probe(options: ProbeOptions): Promise<ProbeReport> {
  check(options);
  return runProbe(options, means);
}

/** The requests that `probe` would send with the same options, one a line. It sends nothing and needs no token. */
export async function planProbe(options: ProbeOptions): Promise<string[]> {
  check(options);
  const lines: string[] = [];
  const known = { ...options, signal: undefined, onRequest: (line: string) => void lines.push(line) };
  const { azureDevOps, getToken } = options;
  await runProbe(
    {
      ...known,
      getToken: getToken && (async () => "token"),
      azureDevOps: azureDevOps && { ...azureDevOps, getAuthorization: async () => "Bearer token" },
    },
    { ...means, fetch: imagine(), wait: async () => {} },
  );
  return lines;
}

const services = ["outlook", "todo", "drive", "site", "print", "teams", "azureDevOps"];

function check({ getToken, azureDevOps, graphUrl, only = [] }: ProbeOptions): void {
  if (!getToken && !azureDevOps) throw new TypeError("A probe needs getToken, azureDevOps or both.");
  for (const [name, url] of [
    ["graphUrl", graphUrl],
    ["azureDevOps.organizationUrl", azureDevOps?.organizationUrl],
  ]) {
    if (url !== undefined && !/^https:\/\/[^/?#]+/.test(url)) throw new TypeError(`${name} must be an https URL.`);
  }
  const stray = only.find((service) => !services.includes(service));
  if (stray !== undefined) throw new TypeError(`${stray} is not a service. The services are ${services.join(", ")}.`);
}
