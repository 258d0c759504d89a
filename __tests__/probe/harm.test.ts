import { failAt, faults, parts, unnamed } from "./failures";
import { runProbe } from "../../src/probe/run";
import { means, optionsFor, probeNew, remains, start } from "./support";

test("a whole probe keeps its limits, sends mail to the user alone and leaves nothing behind", async () => {
  const { report, emulator } = await probeNew({});
  expect(report.requests).toBeLessThanOrEqual(200);
  expect(report.bytes).toBeLessThanOrEqual(60_000_000);
  expect(report.facts.filter(({ seen, name }) => seen === undefined && name !== "retryAfterSeconds")).toEqual([]);
  const sent = emulator.mailbox.outbox();
  expect(sent.map(({ recipients }) => recipients)).toEqual([["megan@contoso.example"], ["megan@contoso.example"]]);
  expect(await remains(emulator)).toEqual([]);
  expect(report.left).toEqual([]);
});

test("no mail is sent unless that is asked for, and no one is invited", async () => {
  const { report, emulator } = await probeNew({}, { send: false });
  expect(emulator.mailbox.outbox()).toEqual([]);
  expect(report.facts.find(({ name }) => name === "sentDelay")).toMatchObject({ why: "needs --send" });
});

test("the token goes to Graph and Azure DevOps, and to no upload host", async () => {
  const { emulator } = await probeNew({});
  const tokens = emulator.requests.filter(({ authorized }) => authorized).map(({ origin }) => origin);
  expect(new Set(tokens)).toEqual(new Set(["graph", "azureDevOps"]));
});

test("a probe works on nothing that it has not made", async () => {
  const emulator = await start();
  const item = emulator.addMessage({ subject: "Mine" });
  const event = emulator.addEvent({ subject: "Mine" });
  const file = emulator.drive.addFile("/Mine/report.pdf", new Uint8Array(10));
  const workItem = emulator.azureDevOps.addWorkItem({ title: "Mine" });
  await runProbe(optionsFor(emulator), means);
  const touched = emulator.requests.filter(({ path }) =>
    [item.id, event.id, file.id, "/Mine", `workitems/${workItem.id}?`].some((part) => path.includes(part)),
  );
  expect(touched).toEqual([]);
});

test("what a limit leaves for deleting is enough", async () => {
  for (const requests of [12, 30, 60, 100, 140]) {
    const { report, emulator } = await probeNew({}, {}, { requests });
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

describe.each(parts.map((part) => [part.join(" and "), part] as const))("%s", (_, only) => {
  test("leaves nothing behind that it does not name, whichever request fails", async () => {
    const emulator = await start();
    const { requests } = await runProbe(optionsFor(emulator, { only }), means);
    expect(requests).toBeGreaterThan(10);
    const failures = Object.values(faults);
    for (let at = 0; at < requests; at++) {
      const report = await failAt(emulator, only, at, failures[at % failures.length]!);
      expect({ at, unnamed: unnamed(await remains(emulator), report.left) }).toEqual({ at, unnamed: [] });
      expect(report.requests).toBeLessThanOrEqual(200);
    }
  });

  test("deletes what it made when it is stopped, at whichever request", async () => {
    const emulator = await start();
    const { requests } = await runProbe(optionsFor(emulator, { only }), means);
    for (let at = 1; at < requests; at += 3) {
      emulator.reset();
      const stop = new AbortController();
      let count = 0;
      const onRequest = () => void (++count === at && setImmediate(() => stop.abort()));
      const report = await runProbe(optionsFor(emulator, { only, signal: stop.signal, onRequest }), means);
      expect(stop.signal.aborted).toBe(true);
      expect({ at, unnamed: unnamed(await remains(emulator), report.left) }).toEqual({ at, unnamed: [] });
    }
  });
});
