import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultVariations, type Variations } from "../../src/emulator/variations";
import type { Experiment } from "../../src/probe/experiment";
import { experiments } from "../../src/probe/experiments/index";
import { unsettled } from "../../src/probe/unsettled";
import { root } from "../package/run";
import { probeNew, remains } from "./support";

type Value = string | number | boolean | null;

/** The emulator's switches with their sides, as their declarations name them. A number has its default and another one. */
function switches(): { readonly name: string; readonly sides: readonly Value[] }[] {
  const text = readFileSync(join(root, "src/emulator/variations.ts"), "utf8");
  const interfaces = [...text.matchAll(/^export interface \w*Variations[^{]*\{\n([^]*?)^\}/gm)];
  const members = interfaces.flatMap(([, body]) => [...body!.matchAll(/^ {2}readonly (\w+): ([^;]+);/gm)]);
  return members.map(([, name, type]) => ({ name: name!, sides: sidesOf(name!, type!) }));
}

function sidesOf(name: string, type: string): Value[] {
  return type.split("|").flatMap((part): Value[] => {
    const word = part.trim();
    if (word === "boolean") return [true, false];
    if (word !== "number") return word === "" ? [] : [JSON.parse(word) as Value];
    const usual = defaultVariations[name as keyof typeof defaultVariations] as number | null;
    return usual === null ? [3] : [usual, usual === 0 ? 2 : usual < 2 ? usual + 0.5 : Math.round(usual / 2)];
  });
}

export const all = switches();

/** The experiments that settle a switch. */
export const settling = (name: string): Experiment[] =>
  experiments.filter(({ facts }) => facts[name]?.sides !== undefined);

/** The switches that experiments settle, with each side. */
export const rows = all
  .filter(({ name }) => !(name in unsettled))
  .flatMap(({ name, sides }) => sides.map((side) => [name as keyof Variations, side] as const));

/** A switch that shows only together with another one. */
const together: Partial<Record<keyof Variations, Partial<Variations>>> = {
  driveStatusRanges: { driveRanges: "several" },
};

/** Where the service has no DELETE, attachments of Azure DevOps stay and are named. */
const keeps = (name: string, side: unknown) =>
  (name === "azureServer" && side === true) || (name === "azureApiCeiling" && side !== "7.1");

/** Experiments that the others need: the first one records what goes to Deleted Items, the others send a request. */
const always = ["a new draft", "the drive", "the organization"];

/** Probes an emulator with a side of a switch. `own` are the experiments that run with those that all need. */
export async function expectSettled(name: keyof Variations, side: Value, own?: readonly Experiment[]): Promise<void> {
  const services = settling(name).map(({ service }) => (service === "any" ? "drive" : service));
  const only = name === "azureRetryAfterOnSuccess" ? ["azureDevOps" as const] : services;
  const some = own && experiments.filter((one) => own.includes(one) || always.includes(one.name));
  const { report, emulator } = await probeNew({ vary: { ...together[name], [name]: side } }, { only }, {}, some);
  expect(report.variations).toMatchObject({ [name]: side });
  expect(report.requests).toBeLessThanOrEqual(200);
  expect(report.bytes).toBeLessThanOrEqual(60_000_000);
  const left = (await remains(emulator)).map((one) => one.replace("attachment ", ""));
  if (keeps(name, side)) expect(left.filter((one) => !report.left.join().includes(one))).toEqual([]);
  else expect([left, report.left]).toEqual([[], []]);
}
