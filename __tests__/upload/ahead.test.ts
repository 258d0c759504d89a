import { Upload } from "../../src/upload/upload.js";
import { count, created, Recorded, sessionOf, talk, wants } from "../support/fakes.js";

// found by the simulation: the rest of a range that was taken in part met the opening of the next file's session
test.each([
  ["is taken in part", [wants(4), wants(8), wants(9), created()], 1],
  ["is taken", [wants(4), wants(8), created()], 0],
])(
  "when the last range %s, the next file hears of it as often as what follows may disturb it",
  async (_, range, times) => {
    const { place } = talk({ range, list: [] });
    const ahead = { take: () => undefined, lastRange: jest.fn(), notTaken: jest.fn() };
    await new Upload({ ...place, content: new Recorded(count(10)), ahead }, sessionOf({ before: [] })).run();
    expect(ahead.lastRange).toHaveBeenCalled();
    expect(ahead.notTaken).toHaveBeenCalledTimes(times);
  },
);
