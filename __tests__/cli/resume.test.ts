import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { startEmulator, type Emulator } from "../../src/emulator/index";
import { until } from "../browser/support/until";
import { fileOf, sha256 } from "../support/graph";
import { Command, ranges, rangesOf, type Ended } from "./support/command";

jest.setTimeout(60_000);

const bytes = fileOf(20_000_000);
const small = fileOf(1000);
let emulator: Emulator;
let command: Command;
let env: Record<string, string>;
let path: string;
let smallPath: string;

beforeAll(async () => {
  [emulator, command] = await Promise.all([startEmulator(), Command.install()]);
  env = await command.environment(emulator);
  path = await command.file("report.zip", bytes);
  smallPath = await command.file("notes.txt", small);
});
beforeEach(() => emulator.reset());
afterAll(() => Promise.all([emulator.close(), command.remove()]));

/** Stops the command by Ctrl-C while its third range hangs. */
async function stopAtThirdRange(args: readonly string[]): Promise<Ended> {
  emulator.fault({ on: { kind: "range", range: 2 }, hang: true });
  const before = rangesOf(emulator).length;
  const { child, ended } = command.start(args, env);
  await ranges(emulator, before + 3);
  child.kill("SIGINT");
  return ended;
}

const answered = () => rangesOf(emulator).filter(({ status }) => status !== undefined && status < 300);
const kinds = (kind: string) => emulator.requests.filter((entry) => entry.kind === kind);

interface Target {
  readonly args: string[];
  stored(): string[];
}

const targets: Record<string, () => Target> = {
  "a message": () => {
    const item = emulator.addMessage();
    return { args: ["attach", item.path], stored: () => emulator.attachments(item).map((one) => one.sha256) };
  },
  "a task": () => {
    const item = emulator.addTask();
    return { args: ["attach", item.path], stored: () => emulator.attachments(item).map((one) => one.sha256) };
  },
  "a work item": () => {
    const { id } = emulator.azureDevOps.addWorkItem();
    const stored = () => emulator.azureDevOps.attachments().filter(({ linkedTo }) => linkedTo.includes(id));
    return { args: ["azure-devops", `MyProject/${id}`], stored: () => stored().map((one) => one.sha256) };
  },
};

describe.each(Object.entries(targets))("an upload to %s", (_, make) => {
  test("that was stopped is resumed by --resume, which sends only the missing ranges", async () => {
    const { args, stored } = make();
    const { code, stderr } = await stopAtThirdRange([...args, path]);
    const [subcommand, ...rest] = args;
    expect(code).toBe(130);
    expect(stderr).toContain(`Resume with: graph-large-attachments ${subcommand} --resume ${rest[0]} ${path}\n`);
    expect(stored()).toEqual([]);
    const names = await readdir(command.state);
    expect(names).toHaveLength(1);
    for (const name of names) expect((await stat(join(command.state, name))).mode & 0o777).toBe(0o600);
    expect((await stat(command.state)).mode & 0o777).toBe(0o700);

    expect(await command.run([...args, path, "--resume"], env)).toMatchObject({ code: 0 });
    expect(stored()).toEqual([sha256(bytes)]);
    const kept = answered().map(({ range }) => range);
    expect(kept).toEqual([...new Set(kept)]);
    expect(kept[0]).toMatch(/^0-/);
    expect(kinds("create")).toHaveLength(1);
    expect(await readdir(command.state)).toEqual([]); // checkpoints are secrets
  });

  test("that was stopped starts over without --resume", async () => {
    const { args, stored } = make();
    await stopAtThirdRange([...args, path]);
    expect(await command.run([...args, path], env)).toMatchObject({ code: 0 });
    expect(stored()).toEqual([sha256(bytes)]);
    expect(kinds("create")).toHaveLength(2);
    expect(answered().filter(({ range }) => range.startsWith("0-"))).toHaveLength(2);
    expect(await readdir(command.state)).toEqual([]);
  });
});

test("--resume does not attach a file twice", async () => {
  const message = emulator.addMessage();
  const { code, stdout } = await stopAtThirdRange(["attach", message.path, smallPath, path, "--json"]);
  expect(code).toBe(130);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    error: { code: "stopped", exitCode: 130, hint: expect.stringContaining("--resume") },
    attached: [{ name: "notes.txt", size: 1000 }],
  });
  const { stdout: second, stderr } = await command.run(["attach", message.path, smallPath, path, "--resume"], env);
  expect(stderr).toContain("notes.txt was attached by an earlier run.\n");
  expect(second.match(/^Attached /gm)).toHaveLength(2);
  expect(emulator.attachments(message).map((one) => one.sha256)).toEqual([sha256(small), sha256(bytes)]);
  expect(await readdir(command.state)).toEqual([]);
});

test("--resume uploads a changed file from the beginning", async () => {
  const message = emulator.addMessage();
  const changing = await command.file("changing.bin", bytes);
  await stopAtThirdRange(["attach", message.path, changing]);
  const other = fileOf(20_000_000);
  await command.file("changing.bin", other);
  expect(await command.run(["attach", message.path, changing, "--resume"], env)).toMatchObject({ code: 0 });
  expect(emulator.attachments(message).map((one) => one.sha256)).toEqual([sha256(other)]);
});

test("--resume without an earlier run starts an upload", async () => {
  const message = emulator.addMessage();
  expect(await command.run(["attach", message.path, path, "--resume"], env)).toMatchObject({ code: 0 });
  expect(emulator.attachments(message)).toHaveLength(1);
});

test("an upload without network ends with 3, and the printed command resumes it", async () => {
  const message = emulator.addMessage();
  emulator.fault({ on: { kind: "range", range: 2 }, reset: "before" });
  const { code, stderr } = await command.run(["attach", message.path, path, "--retries", "0"], env);
  expect(code).toBe(3);
  expect(stderr).toMatch(
    /\nreport\.zip: The upload stopped after retries: \w.+\nResume it with: graph-large-attachments .+\n$/,
  );
  const [, resume] = /Resume it with: (.*)\n$/.exec(stderr)!;
  expect(await command.shell(resume!, env)).toMatchObject({ code: 0 });
  const kept = answered().map(({ range }) => range);
  expect(kept).toEqual([...new Set(kept)]);
  expect(emulator.attachments(message).map((one) => one.sha256)).toEqual([sha256(bytes)]);
});

test("standard input that was stopped leaves no state, and the command does not wait for its end", async () => {
  const message = emulator.addMessage();
  const args = ["attach", message.path, "-", "--name", "piped.bin", "--size", "20000000"];
  const before = await readdir(command.state).catch(() => []);
  const { child, ended } = command.start(args, env);
  child.stdin!.on("error", () => {}); // The command does not read the rest.
  child.stdin!.write(bytes.subarray(0, 9_000_000));
  await until("two answered ranges", () => answered().length === 2);
  child.kill("SIGINT");
  expect(await ended).toMatchObject({
    code: 130,
    stderr: expect.stringContaining(
      "Stopped. piped.bin was not attached.\nIt cannot be resumed. Run the command again.\n",
    ),
  });
  expect(emulator.attachments(message)).toEqual([]);
  expect(await readdir(command.state)).toEqual(before);
});

test("an empty file is attached", async () => {
  const message = emulator.addMessage();
  const empty = await command.file("empty.txt", new Uint8Array());
  const { code, stdout } = await command.startInTerminal(["attach", message.path, empty], env).ended;
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("Attached empty.txt (0 bytes), id ") });
  expect(emulator.attachments(message)).toMatchObject([{ name: "empty.txt" }]);
});

describe("a mail", () => {
  test("that is stopped is not sent, and leaves no draft", async () => {
    const args = ["send", "--to", "adele@contoso.example", "--subject", "Never", path];
    const { code, stderr } = await stopAtThirdRange(args);
    expect(code).toBe(130);
    expect(stderr).toContain(
      "Stopped. Nothing was sent, and the draft is deleted.\nSend it again. With --resume, a mail continues where it stopped.\n",
    );
    expect(emulator.mailbox.outbox()).toEqual([]);
    expect(emulator.mailbox.drafts()).toEqual([]);
  });

  test("that is being sent is sent in spite of Ctrl-C", async () => {
    emulator.fault({ on: { kind: "send" }, delay: 600 });
    const { child, ended } = command.start(["send", "--to", "adele@contoso.example", path], env);
    await until("the sending", () => kinds("send").length > 0);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("The mail is being sent. Please wait."),
    });
    expect(emulator.mailbox.outbox()).toHaveLength(1);
  });
});
