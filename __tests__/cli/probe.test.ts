import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startEmulator, type Emulator } from "../../src/emulator/index";
import type { ProbeReport } from "../../src/probe/index";
import { until } from "../browser/support/until";
import { Command } from "./support/command";

let command: Command;
let emulator: Emulator;
let environment: Record<string, string>;
beforeAll(async () => {
  [command, emulator] = await Promise.all([Command.install(), startEmulator()]);
  environment = await command.environment(emulator);
}, 120_000);
afterAll(() => Promise.all([command.remove(), emulator.close()]));
beforeEach(() => emulator.reset());

const output = () => join(command.folder, "probe.json");
const probe = (...args: string[]) => command.run(["probe", "--output", output(), ...args], environment);
const read = async () => JSON.parse(await readFile(output(), "utf8")) as ProbeReport;

test("probe prints a table, writes the report and leaves nothing behind", async () => {
  const { code, stdout, stderr } = await probe("--only", "todo,azureDevOps", "--project", "MyProject");
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("Ctrl-C stops it") });
  expect(stdout).toMatch(/^fact +documented +seen here +switch$/m);
  expect(stdout).toMatch(/^todo: A POST with a file above 3 MB +refuse +accept ! +todoInlineOver3MB$/m);
  expect(stdout).toMatch(/^azureDevOps: The last chunk, sent again +refuse +azureReplay$/m);
  expect((await read()).variations).toMatchObject({ todoKeys: "pascal", azureReplay: "refuse" });
  expect(emulator.azureDevOps.attachments()).toEqual([]);
});

test("--dry-run prints the requests and sends none, without a sign-in", async () => {
  const { code, stdout } = await command.run(["probe", "--dry-run", "--only", "drive"], {});
  expect(code).toBe(0);
  expect(stdout).toContain("POST /v1.0/me/drive/root/children");
  expect(stdout).toMatch(/requests, if the services answer as documented\. Nothing was sent\.\n$/);
  expect(emulator.requests).toEqual([]);
});

test("--compare prints what has changed", async () => {
  const older = join(command.folder, "older.json");
  await probe("--only", "todo");
  await writeFile(older, await readFile(output()));
  emulator.vary({ todoKeys: "camel" });
  const { stdout } = await probe("--only", "todo", "--compare", older);
  emulator.vary({ todoKeys: "pascal" });
  expect(stdout).toContain("Letter case of the keys in an intermediate reply: pascal, now camel");
});

test.each([
  [["--only", "mail"], "mail is not a service."],
  [["--only", "azureDevOps"], "The project of Azure DevOps is missing."],
  [["--compare", "nowhere.json"], "nowhere.json cannot be read (ENOENT)."],
  [["--output", "/nowhere/probe.json"], "/nowhere/probe.json cannot be written (ENOENT)."],
])("probe %j is refused before the first request", async (args, words) => {
  const { code, stderr } = await probe(...args);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(words) });
  expect(emulator.requests).toEqual([]);
});

test("a token that no service takes gives exit code 1, with the reason", async () => {
  const { code, stderr } = await command.run(["probe", "--output", output(), "--only", "todo"], {
    ...environment,
    GRAPH_TOKEN: "a-wrong-token",
  });
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining("gets status 401") });
});

test("what could not be deleted gives exit code 4, and is named", async () => {
  emulator.fault({ on: { method: "DELETE", path: /\/todo\/lists\// }, times: 20, status: 403 });
  const { code, stderr } = await probe("--only", "todo");
  expect(code).toBe(4);
  expect(stderr).toMatch(/could not delete the list "graph-large-attachments probe \d+ \w+" in To Do\./);
});

test("Ctrl-C stops a probe, which deletes what it made", async () => {
  emulator.fault({ on: { kind: "range" }, hang: true });
  const { child, ended } = command.start(["probe", "--output", output(), "--only", "drive"], environment);
  await until("a range", () => emulator.requests.some(({ kind }) => kind === "range"));
  child.kill("SIGINT");
  const { code, stderr } = await ended;
  expect({ code, stderr }).toEqual({ code: 130, stderr: expect.stringContaining("What the probe made is deleted.") });
  expect([emulator.drive.files(), emulator.drive.folders()]).toEqual([[], []]);
  expect((await read()).stopped).toBe(true);
});

test("the emulator behaves like a report, and says what is wrong with another file", async () => {
  const path = await command.file("like.json", Buffer.from('{"probe":1,"variations":{"driveKind":"personal"}}'));
  const running = command.start(["emulator", "--port", "0", "--json", "--like", path]);
  await until("the addresses", () => running.shown.stdout.endsWith("}\n"));
  const { environment: printed } = JSON.parse(running.shown.stdout) as { environment: Record<string, string> };
  const ended = await command.run(["probe", "--output", output(), "--only", "drive", "--json"], printed);
  expect((JSON.parse(ended.stdout) as { report: ProbeReport }).report.variations.driveKind).toBe("personal");
  running.child.kill("SIGINT");
  await running.ended;
  const wrong = await command.run([
    "emulator",
    "--port",
    "0",
    "--like",
    await command.file("no.json", Buffer.from("no")),
  ]);
  expect({ code: wrong.code, stderr: wrong.stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining("is not JSON."),
  });
});
