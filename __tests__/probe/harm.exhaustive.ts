import { runProbe } from "../../src/probe/run";
import { failAt, faults, parts, stopAt, unnamed } from "./failures";
import { means, optionsFor, remains, start } from "./support";

describe.each(parts.map((part) => [part.join(" and "), part] as const))("%s", (_, only) => {
  test.each(Object.entries(faults))(
    "leaves nothing behind that it does not name, whichever request %s",
    async (_name, fault) => {
      const emulator = await start();
      const { requests } = await runProbe(optionsFor(emulator, { only }), means);
      for (let at = 0; at < requests; at++) {
        const report = await failAt(emulator, only, at, fault);
        expect({ at, unnamed: unnamed(await remains(emulator), report.left) }).toEqual({ at, unnamed: [] });
      }
    },
  );

  test("deletes what it made when it is stopped, at whichever request", async () => {
    const emulator = await start();
    const { requests } = await runProbe(optionsFor(emulator, { only }), means);
    for (let at = 0; at < requests; at++) {
      const report = await stopAt(emulator, only, at);
      expect({ at, unnamed: unnamed(await remains(emulator), report.left) }).toEqual({ at, unnamed: [] });
    }
  });
});
