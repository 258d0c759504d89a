import type { ProbeFact, ProbeReport, ProbeService, ProbeValue } from "./api.js";
import type { Door } from "./door.js";
import type { Fact } from "./experiment.js";
import type { Privacy } from "./privacy.js";

interface Told {
  readonly name: string;
  readonly service: ProbeService | "any";
  readonly fact: Fact;
  readonly seen: ProbeValue | undefined;
  readonly why: string;
}

/** The row of a fact. A value that repeats something of the tenant is left out. */
export function makeFact({ name, service, fact, seen, why }: Told, privacy: Privacy): ProbeFact {
  const { documented, agrees = [documented], sides, client } = fact;
  const row = {
    ...{ name, service, fact: fact.fact },
    ...(documented === undefined ? {} : { documented }),
  };
  if (seen === undefined) return { ...row, why };
  if (typeof seen === "string" && (privacy.holds(seen) || !/^[\w ,.:/"[\]-]{0,60}$/.test(seen))) {
    return { ...row, why: "the answer holds data of the tenant" };
  }
  const played = sides === "number" ? typeof seen === "number" || seen === null : sides?.includes(seen);
  const contradicts = documented !== undefined && !agrees.includes(seen);
  return {
    ...row,
    seen,
    ...(played ? { switch: name } : {}),
    ...(contradicts ? { contradicts, ...(client === undefined ? {} : { client }) } : {}),
  };
}

interface Result {
  readonly started: number;
  readonly ended: number;
  readonly door: Door;
  readonly facts: readonly ProbeFact[];
  readonly left: readonly string[];
  readonly stopped: boolean;
}

export function makeReport({ started, ended, door, facts, left, stopped }: Result): ProbeReport {
  const variations: Record<string, ProbeValue> = {};
  for (const fact of facts) {
    if (fact.switch !== undefined && fact.seen !== undefined) variations[fact.switch] ??= fact.seen;
  }
  return {
    probe: 1,
    started: new Date(started).toISOString(),
    ended: new Date(ended).toISOString(),
    requests: door.requests,
    bytes: door.bytes,
    ...(stopped ? { stopped } : {}),
    versions: door.versions,
    facts,
    variations,
    left,
  };
}
