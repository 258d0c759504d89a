import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { startEmulator, type Emulator } from "../../src/emulator/index";
import { until } from "../browser/support/until";
import { fileOf } from "../support/graph";
import { Command } from "./support/command";
import { startAuthority, type Authority } from "./support/authority";

jest.setTimeout(60_000);

let emulator: Emulator;
let authority: Authority;
let command: Command;
let env: Record<string, string>;
let path: string;

beforeAll(async () => {
  [emulator, command] = await Promise.all([startEmulator(), Command.install()]);
  authority = await startAuthority(emulator.token);
  const { GRAPH_TOKEN: _, AZURE_DEVOPS_PAT: __, ...rest } = await command.environment(emulator);
  const NODE_EXTRA_CA_CERTS = await command.file("both.pem", Buffer.from(`${emulator.ca}\n${authority.ca}`));
  env = { ...rest, NODE_EXTRA_CA_CERTS, AZURE_AUTHORITY_HOST: authority.url };
  path = await command.file("report.zip", fileOf(5_000_000));
});
afterAll(() => Promise.all([emulator.close(), authority.close(), command.remove()]));

const args = (item: string, ...more: string[]) => ["attach", item, path, "--client-id", "my-app", ...more];

beforeEach(async () => {
  authority.reset();
  await command.run(["sign-out"]);
});

describe("--client-id", () => {
  test("shows a code, also with --quiet, and uploads when the code is entered", async () => {
    const { path: item } = emulator.addMessage();
    const { code, stdout, stderr } = await command.run(
      args(item, "--tenant", "contoso.example", "--json", "--quiet"),
      env,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: "Open https://login.example/device and enter ABCD-1234.\n" });
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, attached: [{ name: "report.zip" }] });
    expect(authority.asked).toContainEqual(
      expect.objectContaining({
        path: "/contoso.example/oauth2/v2.0/devicecode",
        client_id: "my-app",
        scope: expect.stringContaining(`${new URL(emulator.graphUrl).origin}/.default`),
      }),
    );
    expect(authority.asked.filter((one) => one.path.endsWith("/token")).length).toBeGreaterThan(1); // it had to wait
  });

  test("stores the sign-in in a file of its owner, and sign-out deletes it", async () => {
    const { path: item } = emulator.addMessage();
    expect(await command.run(args(item), env)).toMatchObject({ code: 0 });
    const [name, ...others] = await readdir(command.state);
    expect(others).toEqual([]);
    expect((await stat(join(command.state, name!))).mode & 0o777).toBe(0o600);
    const codes = () => authority.asked.filter((one) => one.path.endsWith("/devicecode")).length;
    expect(await command.run(args(item, "--quiet"), env)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(codes()).toBe(1);
    expect(await command.run(["sign-out"])).toEqual({ code: 0, stdout: "Signed out.\n", stderr: "" });
    expect(await readdir(command.state)).toEqual([]);
    expect(await command.run(["sign-out"])).toMatchObject({ stdout: "There is no stored sign-in.\n" });
    expect(await command.run(args(item), env)).toMatchObject({ code: 0 });
    expect(codes()).toBe(2);
  });

  test("signs in to Azure DevOps too", async () => {
    authority.grant(emulator.azureDevOps.bearer);
    const { id } = emulator.azureDevOps.addWorkItem();
    const { code } = await command.run(["azure-devops", `MyProject/${id}`, path, "--client-id", "my-app"], env);
    expect(code).toBe(0);
    expect(emulator.azureDevOps.workItem(id).relations).toHaveLength(1);
  });

  test("ends with 1 if the user declines", async () => {
    authority.refuse();
    const { code, stderr } = await command.run(args("/me/messages/1"), env);
    expect(code).toBe(1);
    expect(stderr).toMatch(/\nThe sign-in failed: .+\nCheck the tenant, the client id .+\n$/);
  });

  test("stops waiting for the code on Ctrl-C", async () => {
    authority.neverGrant();
    const running = command.start(args("/me/messages/1"), env);
    await until("the code", () => running.shown.stderr.includes("ABCD-1234"), 10);
    running.child.kill("SIGINT");
    expect(await running.ended).toMatchObject({
      code: 130,
      stderr: expect.stringMatching(/Stopped\. Nothing was sent\.\n$/),
    });
  });

  test("ends with 3 without a network", async () => {
    const { code, stderr } = await command.run(args("/me/messages/1"), {
      ...env,
      AZURE_AUTHORITY_HOST: "https://no-such-host.invalid",
    });
    expect(code).toBe(3);
    expect(stderr).toMatch(/\nCheck the network, then try again\.\n$/);
  });
});

describe("an application in the environment", () => {
  const application = {
    AZURE_TENANT_ID: "contoso.example",
    AZURE_CLIENT_ID: "my-app",
    AZURE_CLIENT_SECRET: "the-secret-of-it",
  };

  test("signs in by its secret, without a code", async () => {
    const { path: item } = emulator.addMessage();
    const { code, stderr } = await command.run(["attach", item, path, "--quiet"], { ...env, ...application });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(authority.asked).toContainEqual(
      expect.objectContaining({
        path: "/contoso.example/oauth2/v2.0/token",
        grant_type: "client_credentials",
        client_id: "my-app",
      }),
    );
  });

  test("is refused with 1, and the secret is not printed", async () => {
    authority.refuse();
    const run = await command.run(["attach", "/me/messages/1", path, "--verbose"], { ...env, ...application });
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(/The sign-in failed: .+\nCheck the tenant, the client id and its secret/);
    expect(run.stdout + run.stderr).not.toContain("the-secret-of-it");
  });
});
