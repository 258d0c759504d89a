import { run } from "../package/run";
import { simulate } from "./simulate.js";

/** `npm run simulate` runs ten thousand; these are to notice at once when something breaks. */
const SCHEDULES = 250;

test(`in ${SCHEDULES} schedules of failing networks, crashes and hostile replies nothing is lost and nothing is there twice`, async () => {
  // as a program of its own: within Jest the same takes ten times as long
  const { code, stdout, stderr } = await run(process.execPath, ["scripts/simulate.mjs", "--count", String(SCHEDULES)]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(new RegExp(`^${SCHEDULES} schedules`));
  expect(stdout).toContain("\n0 violations\n");
  const [, faults] = /^\d+ faults: (.*)$/m.exec(stdout)!;
  expect(faults!.split(", ").length).toBeGreaterThanOrEqual(19); // every kind of fault was met
});

test("a schedule follows from its seed alone, so that one that fails can be run again", async () => {
  const [once, again] = [await simulate(4711), await simulate(4711)];
  const withoutIds = (story: readonly string[]) => story.slice(0, -1);
  expect(withoutIds(again.story)).toEqual(withoutIds(once.story));
});
