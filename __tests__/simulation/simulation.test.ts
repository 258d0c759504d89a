import { simulate } from "./simulate.js";

/** `npm run simulate` runs ten thousand; these are to notice at once when something breaks. */
const SCHEDULES = 400;

test(`in ${SCHEDULES} schedules of failing networks, crashes and hostile replies nothing is lost and nothing is there twice`, async () => {
  const wrong: string[] = [];
  const faults = new Set<string>();
  for (let seed = 1; seed <= SCHEDULES; seed++) {
    const outcome = await simulate(seed);
    outcome.faults.forEach((fault) => faults.add(fault));
    if (outcome.violations.length > 0) wrong.push(`seed ${seed}: ${outcome.violations.join("; ")}`);
  }
  expect(wrong).toEqual([]);
  expect(faults.size).toBeGreaterThanOrEqual(16); // every kind of fault was met
}, 120_000);

test("a schedule follows from its seed alone, so that one that fails can be run again", async () => {
  const [once, again] = [await simulate(4711), await simulate(4711)];
  const withoutIds = (story: readonly string[]) => story.slice(0, -1);
  expect(withoutIds(again.story)).toEqual(withoutIds(once.story));
});
