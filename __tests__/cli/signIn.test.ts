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

describe("without @azure/identity", () => {
  test("an uploader is told the command that brings it", async () => {
    const { code, stderr } = await command.run(args("/me/messages/1"), env);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        "Signing in by a device code needs the package @azure/identity, which is not installed beside this one.\n" +
        "Run: npm install @azure/identity\n",
    });
    expect(authority.asked).toEqual([]);
  });

  test("it is not missed where the environment has a token", async () => {
    const { path: item } = emulator.addMessage();
    const signedIn = { ...env, GRAPH_TOKEN: emulator.token };
    expect(await command.run(["attach", item, path], signedIn)).toMatchObject({ code: 0 });
  });
});

describe("with @azure/identity", () => {
  beforeAll(() => command.add("@azure/identity"));
  beforeEach(() => authority.reset());

  test("the code is shown, also with --quiet, and the upload goes on when it was entered", async () => {
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

  test("Azure DevOps is signed in to in the same way", async () => {
    authority.grant(emulator.azureDevOps.bearer);
    const { id } = emulator.azureDevOps.addWorkItem();
    const { code } = await command.run(["azure-devops", `MyProject/${id}`, path, "--client-id", "my-app"], env);
    expect(code).toBe(0);
    expect(emulator.azureDevOps.workItem(id).relations).toHaveLength(1);
  });

  test("a sign-in that is refused ends with 1", async () => {
    authority.refuse();
    const { code, stderr } = await command.run(args("/me/messages/1"), env);
    expect(code).toBe(1);
    expect(stderr).toMatch(/\nSigning in has failed: .+\nCheck --tenant and --client-id, then try again\.\n$/);
  });

  test("Ctrl-C ends the waiting for the code", async () => {
    authority.neverGrant();
    const running = command.start(args("/me/messages/1"), env);
    await until("the code", () => running.shown.stderr.includes("ABCD-1234"), 10);
    running.child.kill("SIGINT");
    expect(await running.ended).toMatchObject({
      code: 130,
      stderr: expect.stringMatching(/Stopped before anything was sent\.\n$/),
    });
  });

  test("no network at the sign-in ends with 3", async () => {
    const { AZURE_AUTHORITY_HOST: _, ...rest } = env;
    const { code, stderr } = await command.run(args("/me/messages/1"), {
      ...rest,
      AZURE_AUTHORITY_HOST: "https://no-such-host.invalid",
    });
    expect(code).toBe(3);
    expect(stderr).toMatch(/\nCheck the network, then try again\.\n$/);
  });
});
