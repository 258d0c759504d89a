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

const held = () => emulator.drive.files().map(({ filePath, sha256 }) => [filePath, sha256]);

describe("a drive", () => {
  test("takes a file under the name that the path says, or its own in a folder", async () => {
    const { code, stdout } = await command.run(["attach", "/me/drive/root:/Reports/big.zip:", path], env);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^Attached big\.zip \(25\.0 MB\), id /),
    });
    expect(await command.run(["attach", "/me/drive/root", path], env)).toMatchObject({ code: 0 });
    expect(held()).toEqual([
      ["/Reports/big.zip", sha256(bytes)],
      ["/local.zip", sha256(bytes)],
    ]);
  });

  test("does not take two files under one name", async () => {
    const args = ["attach", "/me/drive/root:/Reports/big.zip:", path, path];
    const { code, stderr } = await command.run(args, env);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("The URL names the file big.zip"),
    });
    expect(held()).toEqual([]);
  });

  test("has an upload go on that was stopped", async () => {
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
    expect(held()).toEqual([["/Reports/big.zip", sha256(bytes)]]);
  });

  test("takes with --link what is too large for a message, which gets a link", async () => {
    const large = await command.file("large.iso", new Uint8Array());
    await truncate(large, 160_000_000);
    const message = emulator.addMessage();
    const refused = await command.run(["attach", message.path, large], env);
    expect(refused.stderr).toMatch(/takes 157286400 at most\.\nShare a link .*--link\.\n$/);
    expect(await command.run(["attach", message.path, large, "--link"], env)).toMatchObject({ code: 0 });
    expect(emulator.drive.files()).toMatchObject([{ name: "large.iso", size: 160_000_000 }]);
    expect(emulator.mailbox.drafts()[0]!.body).toContain("large.iso");
  });
});
