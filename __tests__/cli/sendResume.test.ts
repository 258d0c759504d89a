import { readdir } from "node:fs/promises";
import { startEmulator, type Emulator } from "../../src/emulator/index";
import { until } from "../browser/support/until";
import { fileOf, sha256 } from "../support/graph";
import { Command, ranges, rangesOf } from "./support/command";

jest.setTimeout(120_000);

const bytes = fileOf(9_000_000);
const other = fileOf(7_000_000);
let emulator: Emulator;
let command: Command;
let env: Record<string, string>;
let args: string[];

beforeAll(async () => {
  [emulator, command] = await Promise.all([startEmulator(), Command.install()]);
  env = await command.environment(emulator);
  const files = [await command.file("a.zip", bytes), await command.file("b.zip", other)];
  args = ["send", "--resume", "--to", "adele@contoso.example", "--subject", "Two files", ...files];
});
beforeEach(() => emulator.reset());
afterAll(() => Promise.all([emulator.close(), command.remove()]));

/** Runs the command until a condition is true, and kills it as a crash does. */
async function crash(what: string, condition: () => boolean): Promise<void> {
  const { child, ended } = command.start(args, env);
  await until(what, condition);
  child.kill("SIGKILL");
  await ended;
}

const sent = () =>
  emulator.mailbox.outbox().map(({ subject, attachments }) => [subject, attachments.map((one) => one.sha256)]);
const whole = ["Two files", [sha256(bytes), sha256(other)]];
const kinds = (kind: string) => emulator.requests.filter((entry) => entry.kind === kind);
const stored = () => rangesOf(emulator).filter(({ status }) => status !== undefined && status < 300);

describe("send --resume, after a crash,", () => {
  test("in the middle of a file sends the mail once, and uploads only what is missing", async () => {
    emulator.fault({ on: { kind: "range", range: 1 }, hang: true });
    await crash("the second range", () => rangesOf(emulator).length >= 2);
    expect(sent()).toEqual([]);
    const before = stored().map(({ range }) => range);
    expect(before).toEqual(["0-3932159/9000000"]);
    expect(await command.run(args, env)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Sent "Two files"/) });
    expect(sent()).toEqual([whole]);
    expect(stored().filter(({ range }) => range === before[0])).toHaveLength(1);
    expect(kinds("draft")).toHaveLength(1);
    expect(emulator.mailbox.drafts()).toEqual([]);
  });

  test("after the first file uploads only the second one", async () => {
    await crash("a range of the second file", () => rangesOf(emulator).some(({ range }) => range.endsWith("/7000000")));
    await command.run(args, env);
    expect(sent()).toEqual([whole]);
    expect(stored().filter(({ range }) => range === "0-3932159/9000000")).toHaveLength(1);
  });

  test("after the service has sent it, does not send it again", async () => {
    emulator.fault({ on: { kind: "send" }, hang: "after" });
    await crash("the sending", () => emulator.mailbox.outbox().length === 1);
    expect(await command.run(args, env)).toMatchObject({ code: 0 });
    expect(sent()).toEqual([whole]);
  });

  test("leaves no state when the mail is sent, so the same command sends another mail", async () => {
    const before = await readdir(command.state).catch(() => []);
    expect(await command.run(args, env)).toMatchObject({ code: 0 });
    expect(await readdir(command.state)).toEqual(before);
    expect(await command.run(args, env)).toMatchObject({ code: 0 });
    expect(sent()).toEqual([whole, whole]);
  });
});

test("send --resume that is stopped by Ctrl-C prints the command that continues", async () => {
  emulator.fault({ on: { kind: "range", range: 1 }, hang: true });
  const { child, ended } = command.start(args, env);
  await ranges(emulator, 2);
  child.kill("SIGINT");
  const { code, stderr } = await ended;
  expect(code).toBe(130);
  expect(stderr).toContain("Stopped. Nothing was sent.\nContinue with: graph-large-attachments send --resume --to");
  expect(await command.run(args, env)).toMatchObject({ code: 0 });
  expect(sent()).toEqual([whole]);
  expect(stored().filter(({ range }) => range === "0-3932159/9000000")).toHaveLength(1);
});

test("send --resume refuses standard input, which cannot be read again", async () => {
  const piped = ["send", "--resume", "--to", "a@b.example", "--name", "a", "--size", "5", "-"];
  const run = await command.run(piped, env, Buffer.from("12345"));
  expect(run).toMatchObject({ code: 2, stderr: expect.stringMatching(/^Standard input can be read only once/) });
  expect(emulator.requests).toEqual([]);
});
