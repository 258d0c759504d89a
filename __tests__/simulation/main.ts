import { simulate } from "./simulate.js";

/** Runs schedules `from` up to, but not with, `to`; prints the first that went wrong, and what there was of each fault. */
const [from = 1, to = from + 1] = process.argv.slice(2).map(Number);
const alone = to - from === 1;
const faults: Record<string, number> = {};
const ended: Record<string, number> = {};
const failed: number[] = [];
let requests = 0;
let deaths = 0;
for (let seed = from; seed < to; seed++) {
  const outcome = await simulate(seed);
  requests += outcome.requests;
  deaths += outcome.deaths;
  ended[outcome.ended] = (ended[outcome.ended] ?? 0) + 1;
  for (const fault of outcome.faults) faults[fault] = (faults[fault] ?? 0) + 1;
  if (outcome.violations.length > 0) failed.push(seed);
  if (alone || (outcome.violations.length > 0 && failed.length <= 3)) {
    console.error([`seed ${seed}: ${outcome.violations.join("; ") || "all is well"}`, ...outcome.story].join("\n  "));
  }
}
console.log(JSON.stringify({ schedules: to - from, requests, deaths, faults, ended, failed }));
