import type { Emulator, FaultScript } from "../../src/emulator/index";
import type { ProbeReport, ProbeService } from "../../src/probe/api";
import { runProbe } from "../../src/probe/run";
import { means, optionsFor } from "./support";

/** The services in parts, so that each run is short. */
export const parts: readonly (readonly ProbeService[])[] = [
  ["outlook"],
  ["todo", "print"],
  ["drive", "site", "teams"],
  ["azureDevOps"],
];

/** Faults of a request. */
export const faults: Record<string, FaultScript> = {
  "is done and gets no response": { reset: "after" },
  "gets 503": { status: 503, body: { error: { code: "serviceNotAvailable" } } },
  "is done and gets 500": { after: true, status: 500 },
  "has its connection reset": { reset: "before" },
  "gets 429": { status: 429, headers: { "Retry-After": "7" } },
};

/** Probes with a fault for one request. */
export async function failAt(
  emulator: Emulator,
  only: readonly ProbeService[],
  at: number,
  fault: FaultScript,
  use = means,
): Promise<ProbeReport> {
  emulator.reset();
  let count = 0;
  const onRequest = () => void (count++ === at && emulator.fault(fault));
  return runProbe(optionsFor(emulator, { only, onRequest }), use);
}

/** Probes with a stop during one request. */
export async function stopAt(
  emulator: Emulator,
  only: readonly ProbeService[],
  at: number,
  use = means,
): Promise<ProbeReport> {
  emulator.reset();
  const stop = new AbortController();
  let count = 0;
  const onRequest = () => void (count++ === at && setImmediate(() => stop.abort()));
  return runProbe(optionsFor(emulator, { only, signal: stop.signal, onRequest }), use);
}

/** Everything that remains and that the report does not name. */
export const unnamed = (left: readonly string[], named: readonly string[]): string[] =>
  left.filter((one) => {
    const [, kind, name = ""] = /^(work item|print job|\w+) ?(.*)$/.exec(one)!;
    const own = name.replace(/^\/(graph-large-attachments probe \d+ \w+).*$/, "$1").replace(/\.$/, "");
    return !named.some((words) => (kind === "print job" ? words.includes(kind) : words.includes(own)));
  });
