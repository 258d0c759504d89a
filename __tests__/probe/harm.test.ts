import { startEmulator, type FaultScript } from "../../src/emulator/index";
import { runProbe } from "../../src/probe/run";
import { means, optionsFor, probeNew, remains } from "./support";

/** The services in parts, so that each run is short. */
const parts = [["outlook"], ["todo", "print"], ["drive", "site", "teams"], ["azureDevOps"]] as const;

/** What is there and not named in the report. Names of what remains end as the words of the report do. */
const unnamed = (left: readonly string[], named: readonly string[]) =>
  left.filter((one) => {
    const [, kind, name = ""] = /^(work item|print job|\w+) ?(.*)$/.exec(one)!;
    const inFolder = name.replace(/^\/(graph-large-attachments probe \d+ \w+).*$/, "$1").replace(/\.$/, "");
    return !named.some((words) => (kind === "print job" ? words.includes(kind) : words.includes(inFolder)));
  });

test("a whole probe keeps its limits, sends mail to the user alone and leaves nothing behind", async () => {
  const { report, emulator } = await probeNew({});
  expect(report.requests).toBeLessThanOrEqual(200);
  expect(report.bytes).toBeLessThanOrEqual(60_000_000);
  expect(report.facts.filter(({ seen, name }) => seen === undefined && name !== "retryAfterSeconds")).toEqual([]);
  const sent = emulator.mailbox.outbox();
  expect(sent.map(({ recipients }) => recipients)).toEqual([["megan@contoso.example"], ["megan@contoso.example"]]);
  expect(await remains(emulator)).toEqual([]);
  expect(report.left).toEqual([]);
  await emulator.close();
});

test("no mail is sent unless that is asked for, and no one is invited", async () => {
  const { report, emulator } = await probeNew({}, { send: false });
  expect(emulator.mailbox.outbox()).toEqual([]);
  expect(report.facts.find(({ name }) => name === "sentDelay")).toMatchObject({ why: "needs --send" });
  await emulator.close();
});

test("the token goes to Graph and Azure DevOps, and to no upload host", async () => {
  const { emulator } = await probeNew({});
  const tokens = emulator.requests.filter(({ authorized }) => authorized).map(({ origin }) => origin);
  expect(new Set(tokens)).toEqual(new Set(["graph", "azureDevOps"]));
  await emulator.close();
});

test("a probe works on nothing that it has not made", async () => {
  const emulator = await startEmulator();
  const item = emulator.addMessage({ subject: "Mine" });
  const event = emulator.addEvent({ subject: "Mine" });
  const file = emulator.drive.addFile("/Mine/report.pdf", new Uint8Array(10));
  const workItem = emulator.azureDevOps.addWorkItem({ title: "Mine" });
  await runProbe(optionsFor(emulator), means);
  const touched = emulator.requests.filter(({ path }) =>
    [item.id, event.id, file.id, "/Mine", `workitems/${workItem.id}?`].some((part) => path.includes(part)),
  );
  expect(touched).toEqual([]);
  await emulator.close();
});

test("what a limit leaves for deleting is enough", async () => {
  for (const requests of [12, 30, 60, 100, 140]) {
    const { report, emulator } = await probeNew({}, {}, { requests });
    expect(report.requests).toBeLessThanOrEqual(requests);
    expect(unnamed(await remains(emulator), report.left)).toEqual([]);
    expect(report.left).toEqual([]);
    await emulator.close();
  }
});

test("a limit of bytes ends the experiments that need more, and no others", async () => {
  const { report, emulator } = await probeNew({}, { only: ["outlook"] }, { bytes: 2_000_000 });
  expect(report.bytes).toBeLessThanOrEqual(2_000_000);
  expect(report.facts.find(({ name }) => name === "tooLarge")).toMatchObject({ why: "the limit of 2 MB" });
  expect(report.variations).toMatchObject({ jsonNames: "documented" });
  await emulator.close();
});

const faults: Record<string, FaultScript> = {
  "has its connection reset": { reset: "before" },
  "is done and gets no response": { reset: "after" },
  "gets 503": { status: 503, body: { error: { code: "serviceNotAvailable" } } },
  "is done and gets 500": { after: true, status: 500 },
  "gets 429": { status: 429, headers: { "Retry-After": "7" } },
};

describe.each(parts.map((part) => [part.join(" and "), part] as const))("%s", (_, only) => {
  test.each(Object.entries(faults))(
    "leaves nothing behind that it does not name, whichever request %s",
    async (_name, fault) => {
      const emulator = await startEmulator();
      const { requests } = await runProbe(optionsFor(emulator, { only }), means);
      expect(requests).toBeGreaterThan(10);
      for (let at = 0; at < requests; at++) {
        emulator.reset();
        let count = 0;
        const options = optionsFor(emulator, {
          only,
          onRequest: () => void (count++ === at && emulator.fault(fault)),
        });
        const report = await runProbe(options, means);
        expect({ at, unnamed: unnamed(await remains(emulator), report.left) }).toEqual({ at, unnamed: [] });
        expect(report.requests).toBeLessThanOrEqual(200);
      }
      await emulator.close();
    },
  );

  test("deletes what it made when it is stopped, at whichever request", async () => {
    const emulator = await startEmulator();
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
    await emulator.close();
  });
});
