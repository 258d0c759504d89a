import type { Emulator } from "../../src/emulator/index";
import { failAt, faults, parts, stopAt, unnamed } from "./failures";
import { runProbe } from "../../src/probe/run";
import { means, optionsFor, probeNew, remains, short, start } from "./support";

test("a whole probe keeps its limits, sends mail to the user alone and leaves nothing behind", async () => {
  const { report, emulator } = await probeNew({});
  // Requests that a tenant makes it repeat count among the 200, too.
  expect(report.requests).toBeLessThanOrEqual(175);
  expect(report.bytes).toBeLessThanOrEqual(60_000_000);
  expect(report.facts.filter(({ seen, name }) => seen === undefined && name !== "retryAfterSeconds")).toEqual([]);
  const sent = emulator.mailbox.outbox();
  expect(sent.map(({ recipients }) => recipients)).toEqual([["megan@contoso.example"], ["megan@contoso.example"]]);
  expect(await remains(emulator)).toEqual([]);
  expect(report.left).toEqual([]);
});

test("a whole probe also comes to its end in a tenant that makes it ask often", async () => {
  const vary = { newItemDelay: 1, replicationDelay: 1, sentDelay: 2, driveNameHeld: 1, conflicts: false } as const;
  const { report, emulator } = await probeNew({ vary: { ...vary, azureChunkFloor: "5.0" } });
  expect(report.facts.filter(({ seen, name }) => seen === undefined && name !== "retryAfterSeconds")).toEqual([]);
  expect(report.requests).toBeLessThanOrEqual(200);
  expect([await remains(emulator), report.left]).toEqual([[], []]);
});

test("no mail is sent unless that is asked for, and no one is invited", async () => {
  const { report, emulator } = await probeNew({}, { send: false }, short);
  expect(emulator.mailbox.outbox()).toEqual([]);
  expect(report.facts.find(({ name }) => name === "sentDelay")).toMatchObject({ why: "needs --send" });
});

test("the token goes to Graph and Azure DevOps, and to no upload host", async () => {
  const { emulator } = await probeNew({}, {}, short);
  const tokens = emulator.requests.filter(({ authorized }) => authorized).map(({ origin }) => origin);
  expect(new Set(tokens)).toEqual(new Set(["graph", "azureDevOps"]));
});

test("a probe works on nothing that it has not made", async () => {
  const emulator = await start();
  const item = emulator.addMessage({ subject: "Mine" });
  const event = emulator.addEvent({ subject: "Mine" });
  const file = emulator.drive.addFile("/Mine/report.pdf", new Uint8Array(10));
  const workItem = emulator.azureDevOps.addWorkItem({ title: "Mine" });
  await runProbe(optionsFor(emulator), short);
  const touched = emulator.requests.filter(({ path }) =>
    [item.id, event.id, file.id, "/Mine", `workitems/${workItem.id}?`].some((part) => path.includes(part)),
  );
  expect(touched).toEqual([]);
});

test("what a limit leaves for deleting is enough", async () => {
  for (const requests of [12, 30, 60, 100, 140]) {
    const { report, emulator } = await probeNew({}, {}, { ...short, requests });
    expect(report.requests).toBeLessThanOrEqual(requests);
    expect(unnamed(await remains(emulator), report.left)).toEqual([]);
    expect(report.left).toEqual([]);
  }
});

test("a limit of bytes ends the experiments that need more, and no others", async () => {
  const { report } = await probeNew({}, { only: ["outlook"] }, { bytes: 2_000_000 });
  expect(report.bytes).toBeLessThanOrEqual(2_000_000);
  expect(report.facts.find(({ name }) => name === "tooLarge")).toMatchObject({ why: "the limit of 2 MB" });
  expect(report.variations).toMatchObject({ jsonNames: "documented" });
});

// `npm run test:exhaustive` fails and stops each request of a whole run.
describe.each(parts.map((part) => [part.join(" and "), part] as const))("%s", (_, only) => {
  let emulator: Emulator;
  /** The places of the requests of a short run that make something, and of some others. */
  const places: number[] = [];

  beforeAll(async () => {
    emulator = await start();
    const lines: string[] = [];
    await runProbe(optionsFor(emulator, { only, onRequest: (line) => void lines.push(line) }), short);
    places.push(...lines.flatMap((line, index) => (/^POST/.test(line) || index % 5 === 0 ? [index] : [])));
  });

  test("leaves nothing behind that it does not name, when a request fails", async () => {
    expect(places.length).toBeGreaterThan(6);
    const failures = Object.values(faults);
    for (const [index, at] of places.entries()) {
      const report = await failAt(emulator, only, at, failures[index % failures.length]!, short);
      expect({ at, unnamed: unnamed(await remains(emulator), report.left) }).toEqual({ at, unnamed: [] });
      expect(report.requests).toBeLessThanOrEqual(200);
    }
  });

  test("deletes what it made when it is stopped", async () => {
    for (const at of places.filter((_place, index) => index % 3 === 0)) {
      const report = await stopAt(emulator, only, at, short);
      expect({ at, unnamed: unnamed(await remains(emulator), report.left) }).toEqual({ at, unnamed: [] });
    }
  });
});

test("a sign-in that ends in the middle ends the probe, which names what it cannot delete", async () => {
  const emulator = await start();
  let tokens = 0;
  const getToken = async () => {
    if (++tokens > 8) throw new Error("signed out");
    return emulator.token;
  };
  const report = await runProbe(optionsFor(emulator, { only: ["todo"], getToken }), means);
  expect(report.left).toEqual([expect.stringMatching(/^the list "graph-large-attachments probe/)]);
  const reasons = report.facts.filter(({ service, seen }) => service === "todo" && seen === undefined);
  expect(new Set(reasons.map(({ why }) => why))).toEqual(new Set(["the sign-in failed"]));
});

test("a sign-in that fails at the first request is the error of the probe", async () => {
  const getToken = () => Promise.reject(new Error("signed out"));
  await expect(runProbe(optionsFor(await start(), { only: ["todo"], getToken }), means)).rejects.toThrow("signed out");
});
