import { sides as known } from "../../src/emulator/sides";
import { defaultVariations, type Variations } from "../../src/emulator/variations";
import { experiments } from "../../src/probe/experiments/index";
import { unsettled } from "../../src/probe/unsettled";
import { probeNew, remains } from "./support";
import { switches } from "./switches";

const all = switches();
const settling = (name: string) => experiments.filter(({ facts }) => facts[name]?.sides !== undefined);

test("the declarations of the switches are read as the emulator has them", () => {
  expect(all.map(({ name }) => name).sort()).toEqual(Object.keys(defaultVariations).sort());
});

test("the emulator checks a report against the sides that the declarations name", () => {
  for (const { name, sides } of all) {
    const words = known[name as keyof Variations];
    if (words) expect({ name, words }).toEqual({ name, words: sides });
    else expect({ name, text: sides.filter((side) => typeof side === "string") }).toEqual({ name, text: [] });
  }
});

test("each switch is settled by an experiment or listed with the reason, and nothing else is", () => {
  const names = all.map(({ name }) => name);
  const open = names.filter((name) => settling(name).length === 0);
  expect(open.filter((name) => !(name in unsettled))).toEqual([]);
  expect(Object.keys(unsettled).filter((name) => !names.includes(name))).toEqual([]);
  // Retry-After alone is both: no experiment asks for it, and each one notes it.
  expect(Object.keys(unsettled).filter((name) => settling(name).length > 0)).toEqual(["retryAfterSeconds"]);
  const facts = experiments.flatMap((one) => Object.entries(one.facts).filter(([, { sides }]) => sides));
  expect(facts.map(([name]) => name).filter((name) => !names.includes(name))).toEqual([]);
});

/** A switch that shows only together with another one. */
const together: Partial<Record<keyof Variations, Partial<Variations>>> = {
  driveStatusRanges: { driveRanges: "several" },
};

const rows = all
  .filter(({ name }) => !(name in unsettled))
  .flatMap(({ name, sides }) => sides.map((side) => [name as keyof Variations, side] as const));

/** Where the service has no DELETE, attachments of Azure DevOps stay and are named. */
const keeps = (name: string, side: unknown) =>
  (name === "azureServer" && side === true) || (name === "azureApiCeiling" && side !== "7.1");

test.each(rows)("an emulator with %s: %j shows that to a probe, which leaves nothing behind", async (name, side) => {
  const services = settling(name).map(({ service }) => (service === "any" ? "drive" : service));
  const only = name === "azureRetryAfterOnSuccess" ? ["azureDevOps" as const] : services;
  const { report, emulator } = await probeNew({ vary: { ...together[name], [name]: side } }, { only });
  expect(report.variations).toMatchObject({ [name]: side });
  expect(report.requests).toBeLessThanOrEqual(200);
  expect(report.bytes).toBeLessThanOrEqual(60_000_000);
  const left = await remains(emulator);
  if (!keeps(name, side)) return expect([left, report.left]).toEqual([[], []]);
  expect(left.map((one) => one.replace("attachment ", "")).filter((one) => !report.left.join().includes(one))).toEqual(
    [],
  );
});
