import type { ProbeFact, ProbeOptions, ProbeReport, ProbeService, ProbeValue } from "./api.js";
import { Door, type Means } from "./door.js";
import { Ended, Unexpected } from "./errors.js";
import type { Experiment } from "./experiment.js";
import { experiments as all } from "./experiments/index.js";
import type { Lab } from "./lab.js";
import { Ledger, type Made } from "./ledger.js";
import { makeFact, makeReport } from "./report.js";

/** The limits that every probe keeps. */
export const limits = { requests: 200, bytes: 60_000_000, timeout: 60_000 } as const;

/** Why a service is not probed, or undefined. */
function reasonAgainst(service: Experiment["service"], options: ProbeOptions): string | undefined {
  const { only, getToken, printShare, azureDevOps, site } = options;
  if (service === "any") return undefined;
  if (only && !only.includes(service)) return "not asked for";
  const noToken = getToken ? undefined : "no token for Graph";
  const missing: Partial<Record<Experiment["service"], string | undefined>> = {
    azureDevOps: azureDevOps ? undefined : "no project was named",
    print: noToken ?? (printShare === undefined ? "no printer share was named" : undefined),
    site: noToken ?? (site === undefined ? "no site was named" : undefined),
  };
  return service in missing ? missing[service] : noToken;
}

/** Runs the experiments one after another, deletes what they made, and reports. */
export async function runProbe(
  options: ProbeOptions,
  means: Means,
  experiments: readonly Experiment[] = all,
): Promise<ProbeReport> {
  const started = means.now();
  const door = new Door(options, means);
  const ledger = new Ledger();
  door.reserve = () => 5 + ledger.requests;
  const run = { name: nameOf(started), options, means, door, ledger, memory: new Map<string, Promise<unknown>>() };
  const over = new Map<string, string>();
  const facts: ProbeFact[] = [];
  let left: string[];
  try {
    for (const experiment of experiments) {
      const { service, sends } = experiment;
      const against =
        (service !== "any" && over.get("all")) ||
        (over.get(service) ?? reasonAgainst(service, options) ?? (sends && !options.send && "needs --send"));
      const measured = new Map<string, ProbeValue>();
      const own = new Set<Made>();
      const why =
        against || (await attempt(experiment, labFor(experiment, { measured, own }, run), over, options.signal));
      if (!options.signal?.aborted) await ledger.clearUp(own);
      for (const [name, fact] of Object.entries(experiment.facts)) {
        facts.push(makeFact({ name, service, fact, seen: measured.get(name), why: why || "not shown" }, door.privacy));
      }
    }
  } finally {
    door.cleaning = true;
    left = await ledger.clear();
  }
  return makeReport({ started, ended: means.now(), door, facts, left, stopped: options.signal?.aborted ?? false });
}

interface Run {
  readonly name: string;
  readonly options: ProbeOptions;
  readonly means: Means;
  readonly door: Door;
  readonly ledger: Ledger;
  readonly memory: Map<string, Promise<unknown>>;
}

/** The result of one experiment, and the items that it made for itself alone. */
interface Yield {
  readonly measured: Map<string, ProbeValue>;
  readonly own: Set<Made>;
}

function labFor({ name, facts }: Experiment, { measured, own }: Yield, run: Run): Lab {
  const { options, means, door, ledger, memory } = run;
  let sharing = 0;
  return {
    name: run.name,
    me: options.user === undefined ? "/me" : `/users/${encodeURIComponent(options.user)}`,
    options,
    traces: door.traces,
    ask: (request) => door.ask(request),
    tell: (fact, value) => {
      if (!(fact in facts)) throw new Error(`${name} has no fact ${fact}.`);
      measured.set(fact, value);
    },
    made: (what, undo, requests = 2) => {
      const made = { what, undo, requests };
      if (sharing === 0) own.add(made);
      return ledger.add(made);
    },
    shared: <T>(key: string, make: () => Promise<T>) => {
      if (!memory.has(key)) {
        sharing++;
        memory.set(
          key,
          make().finally(() => sharing--),
        );
      }
      return memory.get(key) as Promise<T>;
    },
    wait: (seconds) => means.wait(seconds, door.cleaning ? undefined : options.signal),
  };
}

/** Runs one experiment. Returns the reason why it did not come to its end. */
async function attempt(
  experiment: Experiment,
  lab: Lab,
  over: Map<string, string>,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    await experiment.run(lab);
    return undefined;
  } catch (error) {
    if (signal?.aborted) over.set("all", "stopped");
    else if (error instanceof Ended) {
      const scopes = { service: [experiment.service], all: ["all"], graph: graphServices };
      for (const scope of scopes[error.scope]) over.set(scope, error.message);
    } else if (!(error instanceof Unexpected)) throw error;
    return signal?.aborted ? "stopped" : (error as Error).message;
  }
}

const graphServices: readonly ProbeService[] = ["outlook", "todo", "drive", "site", "print", "teams"];

/** A name that a person recognizes, and that no other run has. */
function nameOf(started: number): string {
  const letters = Math.random().toString(36).slice(2, 6);
  return `graph-large-attachments probe ${new Date(started).toISOString().slice(0, 16).replace(/[-:T]/g, "")} ${letters}`;
}
