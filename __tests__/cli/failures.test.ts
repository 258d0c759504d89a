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

/** Two lines: what happened, and what to do. */
const lines = (what: RegExp, todo: RegExp) =>
  expect.stringMatching(new RegExp(`^${what.source}\n${todo.source}[^\n]*\n$`));

describe("wrong arguments end with 2 before anything is sent:", () => {
  const cases: Record<string, [() => string[], RegExp, RegExp]> = {
    "a wrong path": [() => ["attach", message, "no/such file"], /no\/such file does not exist\./, /Check the path/],
    "one wrong path among others": [() => ["attach", message, path, "nope"], /nope does not exist\./, /Check/],
    "a folder": [() => ["attach", message, "."], /\. is a folder\./, /Give the files in it/],
    "a path that takes no attachments": [
      () => ["attach", "/me/contacts/1", path],
      /report\.zip: \S+\/me\/contacts\/1 [^\n]+/,
      /Run the command with --help/,
    ],
    "the path of sendMail": [
      () => ["attach", "/me/sendMail", path],
      /\/me\/sendMail sends a new mail, so there is no item to attach to\./,
      /Send the mail with its files: graph-large-attachments send --to <address> \S+report\.zip/,
    ],
    "--conflict for a message": [
      () => ["attach", message, path, "--conflict", "rename"],
      /--conflict is for files on OneDrive and SharePoint only\./,
      /Leave out --conflict\./,
    ],
    "a URL of another host, which must not get the token": [
      () => ["attach", "https://evil.example/v1.0/me/messages/1", path],
      /https:\/\/evil\.example\S+ is not on https:\/\/localhost:\d+\./,
      /Give the path alone/,
    ],
    "a base URL without encryption": [
      () => ["attach", message, path, "--base-url", "http://localhost/"],
      /http:\/\/localhost\/ is not a base URL of Graph\./,
      /Give an https URL/,
    ],
    "an unknown option": [() => ["attach", message, path, "--fast"], /Unknown option '--fast'\./, /Run .* --help/],
    "a missing argument": [() => ["attach", message], /Missing required argument 'file'\./, /Run/],
    "an unknown command": [() => ["upload", path], /Unknown command 'upload'\./, /Run/],
    "no recipient": [() => ["send", path], /Required option '-t, --to <addresses>' not specified\./, /Run/],
    "a recipient without an address": [
      () => ["send", "--to", "Adele", path],
      /Adele is not a mail address\./,
      /Give addresses such as/,
    ],
    "standard input without a size": [
      () => ["attach", message, "-", "--name", "a"],
      /Standard input needs a name and a size\./,
      /Give both/,
    ],
    "--resume with standard input": [
      () => ["attach", message, "-", "--name", "a", "--size", "5", "--resume"],
      /Standard input can be read only once, so it cannot be resumed\./,
      /Leave out --resume/,
    ],
    "a number with letters": [() => ["attach", message, path, "--retries", "many"], /.*whole number\./, /Run/],
    "a file that is not a certificate": [
      () => ["attach", message, path, "--ca", path],
      /.* holds no certificate in PEM format\./,
      /Give/,
    ],
    "a work item without a project": [
      () => ["azure-devops", "299", path],
      /299 is not a work item\./,
      /Give <project>\/<id>/,
    ],
    "a work item in another organization": [
      () => ["azure-devops", "https://dev.azure.com/other/P/_workitems/edit/1", path],
      /https\S+ is not in the organization\./,
      /Give the URL/,
    ],
  };
  test.each(Object.entries(cases))("%s", async (_, [args, what, todo]) => {
    expect(await command.run(args(), env)).toEqual({ code: 2, stdout: "", stderr: lines(what, todo) });
    expect(emulator.requests.filter(({ method }) => method !== "HEAD")).toEqual([]);
  });

  test("a file that is too large", async () => {
    const large = await command.file("large.iso", new Uint8Array());
    await truncate(large, 200_000_000);
    const { code, stderr } = await command.run(["attach", message, large], env);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^large\.iso.*Outlook.*\nAdd --link to the command\./);
    expect(emulator.sessions).toEqual([]);
  });

  test.each(["attach", "send"])(
    "%s finds that the third file is too large before it uploads the first",
    async (name) => {
      const large = await command.file("large.iso", new Uint8Array());
      await truncate(large, 200_000_000);
      const args = name === "send" ? ["send", "--to", "adele@contoso.example"] : ["attach", message];
      const { code, stdout, stderr } = await command.run([...args, path, path, large], env);
      expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: "", stderr: lines(/large\.iso.*/, /[AU]/) });
      expect(emulator.requests).toEqual([]);
    },
  );

  test("without a command, the help is shown", async () => {
    const { code, stderr } = await command.run([]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/Usage: graph-large-attachments/);
  });

  test("no token and no sign-in", async () => {
    const { GRAPH_TOKEN: _, ...rest } = env;
    const stderr = lines(/There is no token in GRAPH_TOKEN, and no sign-in was found\./, /Set a token/);
    expect(await command.run(["attach", message, path], rest)).toEqual({ code: 2, stdout: "", stderr });
  });

  test("a token with a line break, which is not printed", async () => {
    const { code, stderr } = await command.run(["attach", message, path], { ...env, GRAPH_TOKEN: "sécret\ntoken" });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: lines(/GRAPH_TOKEN holds characters that no token has\./, /Set/),
    });
  });
});

describe("no network ends with 3 without retries,", () => {
  test("if nothing listens", async () => {
    const port = await closedPort();
    const begun = Date.now();
    const args = ["attach", message, path, "--base-url", `https://localhost:${port}`];
    const stderr = lines(
      new RegExp(`There is no connection to localhost:${port} \\(ECONNREFUSED\\)\\.`),
      /Check the network/,
    );
    expect(await command.run(args, env)).toEqual({ code: 3, stdout: "", stderr });
    expect(Date.now() - begun).toBeLessThan(15_000); // the retries of an upload take half a minute
  });

  test("if the host does not exist", async () => {
    const args = ["azure-devops", "P/1", path, "--organization", "https://no-such-host.invalid/fabrikam"];
    const { code, stderr } = await command.run(args, env);
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: lines(/There is no connection to no-such-host\.invalid \((ENOTFOUND|EAI_AGAIN)\)\./, /Check the network/),
    });
  });
});

describe("a refusal ends with 1", () => {
  test("with the reason of the service, a hint, and with --verbose the request id", async () => {
    const error = { code: "ErrorAccessDenied", message: "Access is denied. Check credentials and try again." };
    emulator.fault({ on: { kind: "create" }, status: 403, body: { error }, headers: { "request-id": "abc-1" } });
    const { code, stderr } = await command.run(["attach", message, path, "--verbose"], env);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^report\.zip: The service answered 403: Access is denied\./m);
    expect(stderr).toMatch(/^The token in GRAPH_TOKEN lacks the permission for this\.$/m);
    expect(stderr).toMatch(/^Request id: abc-1$/m);
  });

  test.each([
    ["for an expired token", (): [string, object] => [message, { GRAPH_TOKEN: "another" }], 401, /has expired/],
    [
      "for a missing item",
      (): [string, object] => ["/me/messages/none", {}],
      404,
      /does not exist.*Check the path or URL/,
    ],
  ])("%s", async (_, asked, status, hint) => {
    const [url, more] = asked();
    const { code, stdout, stderr } = await command.run(["attach", url, path, "--json"], { ...env, ...more });
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      error: { status, exitCode: 1, hint: expect.stringMatching(hint), message: expect.stringContaining(`${status}`) },
    });
  });

  test("and never prints the token, even if the service quotes it", async () => {
    const { token } = emulator;
    const error = { code: "Odd", message: `Bearer ${token} is odd.\u001b[2J` };
    for (const form of ["--verbose", "--json"]) {
      emulator.fault({ on: { kind: "create" }, status: 400, body: { error } });
      const { code, stdout, stderr } = await command.run(["attach", message, path, form], env);
      expect(code).toBe(1);
      expect(stdout + stderr).toContain("is odd.");
      expect(stdout + stderr).not.toContain(token);
      expect(stderr).not.toContain("\u001b"); // no control characters either
    }
    const { stdout, stderr } = await command.run(["attach", message, path, "--verbose"], env);
    expect(stdout + stderr).not.toMatch(/https?:|authtoken/); // no upload URLs either
    expect(stderr).toMatch(/bytes 0 to 3932160, attempt 1: 200, taken, request id \S+/);
  });
});

describe("several files, one of which fails, end with 5", () => {
  const small = () => command.file("small.txt", fileOf(1000));
  const error = { code: "ErrorAccessDenied", message: "Access is denied." };

  test("with the results so far, the missing files, and the command that attaches them", async () => {
    emulator.fault({ on: { kind: "create" }, status: 403, body: { error } });
    const args = [message, await small(), path];
    const { code, stdout, stderr } = await command.run(["attach", ...args, "--quiet"], env);
    expect({ code, stdout }).toEqual({ code: 5, stdout: "" });
    expect(stderr.split("\n")).toEqual([
      expect.stringMatching(/^report\.zip: The service answered 403: Access is denied\./),
      "1 of 2 files are attached. Not attached: report.zip.",
      "The token in GRAPH_TOKEN lacks the permission for this.",
      `Attach the rest with: graph-large-attachments attach --resume ${args.join(" ")} --quiet`,
      "",
    ]);
    expect(await command.run(["attach", ...args, "--resume"], env)).toMatchObject({ code: 0 });
    expect(emulator.mailbox.drafts()[0]!.attachments.map(({ name }) => name)).toEqual(["small.txt", "report.zip"]);
  });

  test("and the results are in the JSON document", async () => {
    emulator.fault({ on: { kind: "create" }, status: 403, body: { error } });
    const { stdout } = await command.run(["attach", message, await small(), path, "--json"], env);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      error: { code: "ErrorAccessDenied", exitCode: 5, status: 403 },
      attached: [{ name: "small.txt", size: 1000 }],
      notAttached: ["report.zip"],
    });
  });
});

test("a mail without a reply ends with 4, because it may have been sent", async () => {
  const small = await command.file("small.txt", fileOf(10));
  emulator.fault({ on: { kind: "mail" }, reset: "after" });
  const { code, stderr } = await command.run(["send", "--to", "adele@contoso.example", small, "--quiet"], env);
  expect({ code, stderr }).toEqual({
    code: 4,
    stderr: lines(/small\.txt: .*/, /Check Sent Items before you send the mail again\./),
  });
  expect(emulator.mailbox.outbox()).toHaveLength(1);
});

test("an upload works without a state folder, but cannot be resumed", async () => {
  const blocked = await command.file("blocked", new Uint8Array());
  const run = (...more: string[]) =>
    command.run(["attach", message, path, ...more], { ...env, XDG_STATE_HOME: blocked });
  const { code, stderr } = await run();
  expect({ code, stderr }).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^This upload cannot be resumed, because/),
  });
  expect(await run("--resume")).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^The state of the earlier run cannot be read/),
  });
});

test("a relative XDG_STATE_HOME is ignored, as its rules say", async () => {
  await mkdir(join(command.folder, "relative"), { recursive: true });
  emulator.fault({ on: { kind: "range" }, reset: "before" });
  const args = ["attach", message, path, "--retries", "0"];
  expect(await command.run(args, { ...env, XDG_STATE_HOME: "relative" })).toMatchObject({ code: 3 });
  const { stdout } = await command.shell(
    "find . -name '*.json' -path '*state*' -not -path './node_modules/*' -not -path './state/*'",
    env,
  );
  expect(stdout).toMatch(/^\.\/\.local\/state\/graph-large-attachments\/[\da-f]{64}\.json\n$/);
});
