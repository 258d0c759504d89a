import { sides as known } from "../../src/emulator/sides";
import { defaultVariations, type Variations } from "../../src/emulator/variations";
import { experiments } from "../../src/probe/experiments/index";
import { unsettled } from "../../src/probe/unsettled";
import { all, expectSettled, rows, settling } from "./switches";

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

test.each(rows)("an emulator with %s: %j shows that to a probe, which leaves nothing behind", (name, side) =>
  expectSettled(name, side, settling(name)),
);
