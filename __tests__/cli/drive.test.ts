import { truncate } from "node:fs/promises";
import { startEmulator, type Emulator } from "../../src/emulator/index";
import { fileOf, sha256 } from "../support/graph";
import { Command, ranges, rangesOf } from "./support/command";

jest.setTimeout(60_000);

const bytes = fileOf(25_000_000);
let emulator: Emulator;
let command: Command;
let env: Record<string, string>;
let path: string;

beforeAll(async () => {
  [emulator, command] = await Promise.all([startEmulator(), Command.install()]);
  env = await command.environment(emulator);
  path = await command.file("local.zip", bytes);
});
beforeEach(() => emulator.reset());
afterAll(() => Promise.all([emulator.close(), command.remove()]));

const stored = () => emulator.drive.files().map(({ filePath, sha256 }) => [filePath, sha256]);

describe("attach to a drive", () => {
  test("uploads under the name in the path, or into a folder under its own name, and prints the URL", async () => {
    const { code, stdout } = await command.run(["attach", "/me/drive/root:/Reports/big.zip:", path], env);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^Attached big\.zip \(25\.0 MB\), id \S+, https:\/\/\S+\n$/),
    });
    expect(await command.run(["attach", "/me/drive/root", path], env)).toMatchObject({ code: 0 });
    expect(stored()).toEqual([
      ["/Reports/big.zip", sha256(bytes)],
      ["/local.zip", sha256(bytes)],
    ]);
  });

  test("refuses two files under one name", async () => {
    const args = ["attach", "/me/drive/root:/Reports/big.zip:", path, path];
    const { code, stderr } = await command.run(args, env);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("The URL names the file big.zip"),
    });
    expect(stored()).toEqual([]);
  });

  test("resumes an upload that was stopped", async () => {
    emulator.fault({ on: { kind: "range", range: 1 }, hang: true });
    const args = ["attach", "/me/drive/root:/Reports/big.zip:", path];
    const { child, ended } = command.start(args, env);
    await ranges(emulator, 2);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 130 });
    expect(await command.run([...args, "--resume"], env)).toMatchObject({ code: 0 });
    const kept = rangesOf(emulator).filter(({ status }) => status! < 300);
    expect(new Set(kept.map(({ range }) => range)).size).toBe(kept.length);
    expect(emulator.requests.filter(({ kind }) => kind === "create")).toHaveLength(1);
    expect(stored()).toEqual([["/Reports/big.zip", sha256(bytes)]]);
  });

  test("with --link attaches a link to a file that is too large for a message", async () => {
    const large = await command.file("large.iso", new Uint8Array());
    await truncate(large, 160_000_000);
    const message = emulator.addMessage();
    const refused = await command.run(["attach", message.path, large], env);
    expect(refused.stderr).toMatch(/^large\.iso.*Outlook.*\nAdd --link to the command\..*\n$/);
    expect(await command.run(["attach", message.path, large, "--link"], env)).toMatchObject({ code: 0 });
    expect(emulator.drive.files()).toMatchObject([{ name: "large.iso", size: 160_000_000 }]);
    expect(emulator.mailbox.drafts()[0]!.body).toContain("large.iso");
  });

  test.each([
    ["replace", "local.zip"],
    ["rename", "local 1.zip"],
  ])("with --conflict %s uploads a file whose name exists", async (conflict, name) => {
    const args = ["attach", "/me/drive/root", path];
    expect(await command.run(args, env)).toMatchObject({ code: 0 });
    expect(await command.run(args, env)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /\nlocal\.zip: The service answered 409: the folder has a file of this name\.\nAdd --conflict replace or --conflict rename to the command\.\n$/,
      ),
    });
    expect(await command.run([...args, "--conflict", conflict], env)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`Attached ${name} (25.0 MB), id `),
    });
  });

  test("does not recommend --link for a task, which cannot hold links", async () => {
    const large = await command.file("large.iso", new Uint8Array());
    await truncate(large, 160_000_000);
    const task = emulator.addTask();
    const { code, stderr } = await command.run(["attach", task.path, large], env);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(
        /^large\.iso.*\nUpload the file to OneDrive instead: .* attach \/me\/drive\/root .*\n$/,
      ),
    });
    expect(await command.run(["attach", task.path, large, "--link"], env)).toMatchObject({
      code: 2,
      stderr: "--link is for messages and events only.\nLeave out --link.\n",
    });
  });
});
