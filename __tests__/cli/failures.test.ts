import { mkdir, truncate } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { startEmulator, type Emulator } from "../../src/emulator/index";
import { fileOf } from "../support/graph";
import { Command } from "./support/command";

jest.setTimeout(60_000);

let emulator: Emulator;
let command: Command;
let env: Record<string, string>;
let path: string;
let message: string;

beforeAll(async () => {
  [emulator, command] = await Promise.all([startEmulator(), Command.install()]);
  env = await command.environment(emulator);
  path = await command.file("report.zip", fileOf(5_000_000));
});
beforeEach(() => {
  emulator.reset();
  message = emulator.addMessage().path;
});
afterAll(() => Promise.all([emulator.close(), command.remove()]));

/** A port that nothing listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Two sentences on standard error, and nothing else: what happened, and what to do. */
const told = (what: RegExp, todo: RegExp) =>
  expect.stringMatching(new RegExp(`^${what.source}\n${todo.source}[^\n]*\n$`));

describe("wrong use ends with 2 before anything is sent:", () => {
  const cases: Record<string, [() => string[], RegExp, RegExp]> = {
    "a wrong path": [
      () => ["attach", message, "no/such file"],
      /There is no file at no\/such file\./,
      /Check the path/,
    ],
    "one wrong path among others": [() => ["attach", message, path, "nope"], /There is no file at nope\./, /Check/],
    "a folder": [() => ["attach", message, "."], /\. is a folder\./, /Give the files in it/],
    "a path that takes no attachments": [
      () => ["attach", "/me/contacts/1", path],
      /\S+\/me\/contacts\/1 takes no attachments: give the URL of [^\n]+/,
      /Check the arguments/,
    ],
    "a URL of another host, for the token is not for it": [
      () => ["attach", "https://evil.example/v1.0/me/messages/1", path],
      /https:\/\/evil\.example\S+ is not at https:\/\/localhost:\d+\./,
      /Give the path alone/,
    ],
    "a base URL without encryption": [
      () => ["attach", message, path, "--base-url", "http://localhost/"],
      /The base URL http:\/\/localhost\/ is none of Graph's\./,
      /Give an https URL/,
    ],
    "an unknown option": [() => ["attach", message, path, "--fast"], /Unknown option '--fast'\./, /Run .* --help/],
    "a missing argument": [() => ["attach", message], /Missing required argument 'file'\./, /Run/],
    "an unknown command": [() => ["upload", path], /Unknown command 'upload'\./, /Run/],
    "no recipient": [() => ["send", path], /Required option '--to <address>' not specified\./, /Run/],
    "a recipient that is none": [() => ["send", "--to", "Adele", path], /Adele is no mail address\./, /Give one/],
    "standard input without a size": [
      () => ["attach", message, "-", "--name", "a"],
      /Standard input has neither a name nor a known size\./,
      /Give both/,
    ],
    "standard input that is to be resumed": [
      () => ["attach", message, "-", "--name", "a", "--size", "5", "--resume"],
      /Standard input cannot be resumed: it is read once\./,
      /Give a file/,
    ],
    "a number that is none": [() => ["attach", message, path, "--retries", "many"], /.*whole number\./, /Run/],
    "a certificate that is none": [
      () => ["attach", message, path, "--ca", path],
      /.* holds no certificate in PEM\./,
      /Give/,
    ],
    "a work item that is none": [
      () => ["azure-devops", "299", path],
      /299 names no work item\./,
      /Give <project>\/<id>/,
    ],
    "a work item elsewhere": [
      () => ["azure-devops", "https://dev.azure.com/other/P/_workitems/edit/1", path],
      /https\S+ is not in the organization\./,
      /Give the URL/,
    ],
  };
  test.each(Object.entries(cases))("%s", async (_, [args, what, todo]) => {
    expect(await command.run(args(), env)).toEqual({ code: 2, stdout: "", stderr: told(what, todo) });
    expect(emulator.requests.filter(({ method }) => method !== "HEAD")).toEqual([]);
  });

  test("a file that is too large, with its remedy", async () => {
    const large = await command.file("large.iso", new Uint8Array());
    await truncate(large, 200_000_000);
    const { code, stderr } = await command.run(["attach", message, large], env);
    expect(code).toBe(2);
    expect(stderr).toMatch(/The file has 200000000 bytes, but Outlook takes 157286400 at most\..*\nShare a link/);
    expect(emulator.sessions).toEqual([]);
  });

  test("no command at all shows what there is", async () => {
    const { code, stderr } = await command.run([]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/Usage: graph-large-attachments/);
  });

  test("no token, which names the variable", async () => {
    const { GRAPH_TOKEN: _, ...rest } = env;
    const stderr = told(/There is no token in the environment \(GRAPH_TOKEN\)[^\n]*/, /Set a token/);
    expect(await command.run(["attach", message, path], rest)).toEqual({ code: 2, stdout: "", stderr });
  });

  test("a token that cannot be one, without printing it", async () => {
    const { code, stderr } = await command.run(["attach", message, path], { ...env, GRAPH_TOKEN: "sécret\ntoken" });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: told(/GRAPH_TOKEN holds characters that no token has\./, /Set/),
    });
  });
});

describe("no network ends with 3 at once,", () => {
  test("where nothing listens", async () => {
    const port = await closedPort();
    const begun = Date.now();
    const args = ["attach", message, path, "--base-url", `https://localhost:${port}`];
    const stderr = told(
      new RegExp(`There is no connection to localhost:${port} \\(ECONNREFUSED\\)\\.`),
      /Check the network/,
    );
    expect(await command.run(args, env)).toEqual({ code: 3, stdout: "", stderr });
    expect(Date.now() - begun).toBeLessThan(15_000); // the retries of an upload take half a minute
  });

  test("where there is no such host", async () => {
    const args = ["azure-devops", "P/1", path, "--organization", "https://no-such-host.invalid/fabrikam"];
    const { code, stderr } = await command.run(args, env);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: told(/There is no connection to no-such-host\.invalid \((ENOTFOUND|EAI_AGAIN)\)\./, /Check the network/),
    });
  });
});

describe("a refusal ends with 1,", () => {
  test("with the service's words, what to do, and with --verbose the request's id", async () => {
    const error = { code: "ErrorAccessDenied", message: "Access is denied. Check credentials and try again." };
    emulator.fault({ on: { kind: "create" }, status: 403, body: { error }, headers: { "request-id": "abc-1" } });
    const { code, stderr } = await command.run(["attach", message, path, "--verbose"], env);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The service refused with 403: Access is denied\./m);
    expect(stderr).toMatch(/^Ask for the permission: the token in GRAPH_TOKEN may not do this there\.$/m);
    expect(stderr).toMatch(/^Request id: abc-1$/m);
  });

  test.each([
    ["a token that has run out", (): [string, object] => [message, { GRAPH_TOKEN: "another" }], 401, /Sign in again/],
    ["an item that is not there", (): [string, object] => ["/me/messages/none", {}], 404, /Check the path or URL/],
  ])("%s", async (_, asked, status, hint) => {
    const [url, more] = asked();
    const { code, stdout, stderr } = await command.run(["attach", url, path, "--json"], { ...env, ...more });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      error: { status, exitCode: 1, hint: expect.stringMatching(hint), message: expect.stringContaining(`${status}`) },
    });
  });

  test("and a token never appears, though the service quotes it and everything is told", async () => {
    const { token } = emulator;
    const error = { code: "Odd", message: `Bearer ${token} is odd.\u001b[2J` };
    for (const form of ["--verbose", "--json"]) {
      emulator.fault({ on: { kind: "create" }, status: 400, body: { error } });
      const { code, stdout, stderr } = await command.run(["attach", message, path, form], env);
      expect(code).toBe(1);
      expect(stdout + stderr).toContain("is odd.");
      expect(stdout + stderr).not.toContain(token);
      expect(stderr).not.toContain("\u001b"); // nor what a terminal would obey
    }
    const { stdout, stderr } = await command.run(["attach", message, path, "--verbose"], env);
    expect(stdout + stderr).not.toMatch(/https?:|authtoken/); // nor where the upload goes
    expect(stderr).toMatch(/bytes 0 to 3932160, attempt 1: 200, taken, request id \S+/);
  });
});

test("a mail whose reply was lost ends with 4, for it may have been sent", async () => {
  const small = await command.file("small.txt", fileOf(10));
  emulator.fault({ on: { kind: "mail" }, reset: "after" });
  const { code, stderr } = await command.run(["send", "--to", "adele@contoso.example", small, "--quiet"], env);
  expect({ code, stderr }).toEqual({
    code: 4,
    stderr: told(/The reply was lost: .*/, /Look there before you try again/),
  });
  expect(emulator.mailbox.outbox()).toHaveLength(1);
});

test("a folder for what is kept that cannot be written costs only the resuming", async () => {
  const blocked = await command.file("blocked", new Uint8Array());
  const run = (...more: string[]) =>
    command.run(["attach", message, path, ...more], { ...env, XDG_STATE_HOME: blocked });
  const { code, stderr } = await run();
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/^This cannot be resumed, for/) });
  expect(await run("--resume")).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^What was kept cannot be read/),
  });
});

test("XDG_STATE_HOME counts only where it is absolute, as the rules say", async () => {
  await mkdir(join(command.folder, "relative"), { recursive: true });
  emulator.fault({ on: { kind: "range" }, reset: "before" });
  const args = ["attach", message, path, "--retries", "0"];
  expect(await command.run(args, { ...env, XDG_STATE_HOME: "relative" })).toMatchObject({ code: 3 });
  const { stdout } = await command.shell("find . -name '*.json' -path '*state*' -not -path './node_modules/*'", env);
  expect(stdout).toMatch(/^\.\/\.local\/state\/graph-large-attachments\/[\da-f]{64}\.json\n$/);
});
