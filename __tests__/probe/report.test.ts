import { writeFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "../../src/emulator/index";
import type { Variations } from "../../src/emulator/variations";
import { compareReports, readReport } from "../../src/probe/compare";
import { planProbe, probe } from "../../src/probe/index";
import { runProbe } from "../../src/probe/run";
import { changeLines, reportLines } from "../../src/probe/table";
import { means, optionsFor, probeNew, short, start } from "./support";

/** A tenant that differs from the defaults in everything that fits together. */
const unusual: Partial<Variations> = {
  ...{ outlookMinimum: 3145728, outlookMaximum: 150000000, rangeMaximum: "4MiB", intermediateKeys: "pascal" },
  ...{
    intermediateRanges: "open",
    outlookStatus: 405,
    uploadPath: "api/gv1.0",
    audienceError: "InvalidAudienceForResource",
  },
  ...{
    todoCreateStatus: 201,
    todoKeys: "camel",
    todoStrictRange: true,
    todoMaximum: 25000000,
    todoInlineOver3MB: "consumer",
  },
  ...{ tooLarge: "html413", afterDelete: 410, sessionSeconds: 1800, locationEncoded: true, corsExposeLocation: true },
  ...{ finalBody: "json", conflicts: false, replicationDelay: 1, listPageSize: 4, sizeFactor: 1.37, newItemDelay: 1 },
  ...{ eventAttachments: "refuse", referenceAttachments: "taken", sentDelay: 1, jsonNames: "anyCase" },
  ...{ answerAttachments: "drop", deferredMail: "wait", otherPaths: "missing", driveKind: "personal" },
  ...{ driveConflict: "atCreate", driveMisaligned: "atCommit", driveCreateRanges: "0-", driveRanges: "several" },
  ...{
    driveStatusRanges: "first",
    driveDeferredRanges: "absent",
    driveAuthorization: "ignore",
    driveSecondSession: "accept",
  },
  ...{ driveNameHeld: 1, driveSessionSeconds: 600, driveRefusalStatus: 400, driveContentMaximum: 4194304 },
  ...{ driveContent: "bytes", driveMissingFolders: "refuse", driveSessionById: "refuse", driveRewrittenBytes: 7 },
  ...{ driveEncodedSlash: "separator", driveRefusedScopes: "anonymous", printAuthorization: "ignore" },
  ...{ printRangeMaximum: 10000000, printRefusalStatus: 416, printSecondSession: "refuse", printSessionSeconds: 600 },
  ...{
    teamsTooLarge: 400,
    teamsAttachmentId: "any",
    azureUploadStatus: 202,
    azureChunkStatus: 202,
    azureChunkFloor: "5.0",
  },
  ...{ azureChunkFileName: true, azureReplay: "accept", azureUnknownId: 404, azureMaximum: 4194304 },
  ...{ azureTooLargeStatus: 413, azureSignIn: 401, azureStaleRevision: 409, azureMissingAttributes: "refuse" },
  ...{ azureRetryAfterOnSuccess: 2, azureReturnedUrl: "otherHost", azureApiCeiling: "7.0" },
};

test.each([
  ["mail", ["outlook"]],
  ["To Do, drives, print and Teams", ["todo", "drive", "site", "print", "teams"]],
  ["Azure DevOps", ["azureDevOps"]],
] as const)("an emulator that is like a report on %s gives the same report", async (_, only) => {
  const first = await probeNew({ vary: unusual }, { only });
  const shown = Object.keys(first.report.variations);
  expect(shown.length).toBeGreaterThan(10);
  expect(Object.fromEntries(Object.entries(unusual).filter(([name]) => shown.includes(name)))).toMatchObject(
    Object.fromEntries(Object.entries(first.report.variations).filter(([name]) => name in unusual)),
  );
  const second = await probeNew({ like: first.report }, { only });
  expect(second.report.facts).toEqual(first.report.facts);
  expect(second.report.variations).toEqual(first.report.variations);
});

test("the emulator takes the report from its file, and vary goes before it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "probe-"));
  const path = join(folder, "probe.json");
  await writeFile(
    path,
    JSON.stringify({ probe: 1, variations: { driveKind: "personal", azureSignIn: 401 }, facts: [] }),
  );
  const { report } = await probeNew(
    { like: path, vary: { azureSignIn: 302 } },
    { only: ["drive", "azureDevOps"] },
    short,
  );
  expect(report.variations).toMatchObject({ driveKind: "personal", azureSignIn: 302 });
  await rm(folder, { recursive: true });
});

test.each([
  ["is no report", { hello: 1 }, "The report is not the report of a probe."],
  ["is null", null, "The report is not the report of a probe."],
  ["has another version", { probe: 2, variations: {} }, "has version 2, and this emulator reads version 1. Update"],
  ["has an unknown variation", { probe: 1, variations: { toString: 1 } }, "has the variation toString, which"],
  ["has a wrong side", { probe: 1, variations: { outlookStatus: 500 } }, "has 500 for outlookStatus."],
  ["has a wrong kind", { probe: 1, variations: { conflicts: "yes" } }, 'has "yes" for conflicts.'],
  ["has a number below zero", { probe: 1, variations: { sentDelay: -1 } }, "has -1 for sentDelay."],
])("the emulator says what is wrong with a report that %s", async (_, like, words) => {
  await expect(startEmulator({ like: like as never })).rejects.toThrow(words);
});

test("the emulator says which file it cannot read", async () => {
  await expect(startEmulator({ like: "/nowhere/probe.json" })).rejects.toThrow(
    "/nowhere/probe.json cannot be read (ENOENT). Check the path of the report.",
  );
  await expect(startEmulator({ like: __filename })).rejects.toThrow(`${__filename} is not JSON.`);
});

test("a report shows what contradicts the documentation, and what the library does then", async () => {
  const { report } = await probeNew({ vary: { intermediateKeys: "camel" } }, { only: ["outlook"], send: false }, short);
  const row = report.facts.find(({ name }) => name === "intermediateKeys");
  expect(row).toMatchObject({
    documented: "mixed",
    seen: "camel",
    contradicts: true,
    client: /./.exec("x") && row!.client,
  });
  const lines = reportLines(report);
  expect(lines.find((line) => line.includes("Letter case of the keys in an intermediate reply"))).toMatch(
    /mixed +camel ! +intermediateKeys$/,
  );
  expect(lines.join("\n")).toContain("The library reads keys in any letter case.");
});

test("two reports are compared by the facts that both have", async () => {
  const before = await probeNew({}, { only: ["drive"] }, short);
  const now = await probeNew(
    { vary: { driveKind: "personal", driveContent: "bytes" } },
    { only: ["drive", "todo"] },
    short,
  );
  const changes = compareReports(readReport(JSON.stringify(before.report)), now.report);
  expect(changes.map(({ name }) => name)).toEqual(expect.arrayContaining(["driveKind", "driveContent"]));
  expect(changes.map(({ name }) => name)).not.toContain("todoKeys");
  expect(changeLines(changes)).toContain("  Answer to a GET on content: redirect, now bytes");
  expect(changeLines([])).toEqual(["", "Nothing has changed since the other report."]);
  expect(() => readReport("{}")).toThrow("The file is not the report of a probe.");
  expect(() => readReport("hello")).toThrow("not JSON");
});

test("a limit that is met by the way shows the form of Retry-After", async () => {
  const emulator = await start({ vary: { retryAfterSeconds: 7 } });
  emulator.fault({ on: { kind: "create" }, status: 429, headers: { "Retry-After": "7" } });
  const waits: number[] = [];
  const wait = async (seconds: number) => void waits.push(seconds);
  const report = await runProbe(optionsFor(emulator, { only: ["outlook"] }), { ...short, wait });
  expect(report.variations).toMatchObject({ retryAfterSeconds: 7, outlookMinimum: 0 });
  expect(waits).toContain(7);
});

test("a service that keeps refusing with 429 is left alone after four requests", async () => {
  const emulator = await start();
  emulator.fault({ on: { path: /\/todo\/lists/ }, times: 100, status: 429 });
  const report = await runProbe(optionsFor(emulator, { only: ["todo", "drive"] }), means);
  expect(report.facts.find(({ name }) => name === "todoKeys")?.why).toMatch(/the service limits requests/);
  expect(report.variations).toMatchObject({ retryAfterSeconds: null, driveKind: "business" });
  expect(emulator.requests.filter(({ path }) => path.includes("/todo/")).length).toBeLessThan(15);
});

test("a dry run prints the requests that a probe sends, and sends none", async () => {
  const emulator = await start();
  const lines = await planProbe({ ...optionsFor(emulator), graphUrl: "https://nowhere.invalid" });
  expect(emulator.requests).toEqual([]);
  const sent: string[] = [];
  await runProbe(optionsFor(emulator, { onRequest: (line) => void sent.push(line) }), means);
  // Without ids.
  const shape = (line: string) =>
    line
      .replace(/[?,].*/, "")
      .replace(/ .*[/:](\w+)$/, " $1")
      .replace(/ .*[^\w ].*/, " …");
  const planned = new Set(lines.map(shape));
  expect([...new Set(sent.map(shape))].filter((line) => !planned.has(line))).toEqual([]);
  expect(lines.length).toBeLessThanOrEqual(200);
});

test("bad options are refused before the first request", async () => {
  await expect(probe({})).rejects.toThrow("A probe needs getToken, azureDevOps or both.");
  const getToken = async () => "token";
  await expect(probe({ getToken, graphUrl: "http://localhost" })).rejects.toThrow("graphUrl must be an https URL.");
  await expect(probe({ getToken, only: ["mail" as never] })).rejects.toThrow("mail is not a service.");
});
