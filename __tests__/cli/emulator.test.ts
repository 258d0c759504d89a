import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { get, request } from "node:http";
import { request as requestTls } from "node:https";
import type { Snapshot } from "../../src/cli/emulator/snapshot";
import { until } from "../browser/support/until";
import { fileOf, sha256 } from "../support/graph";
import { Command } from "./support/command";
import { startEmulatorOf, type StartedEmulator } from "./support/page";

jest.setTimeout(60_000);

const bytes = fileOf(9_000_000);
let command: Command;
let emulator: StartedEmulator;
let path: string;

beforeAll(async () => {
  command = await Command.install();
  emulator = await startEmulatorOf(command);
  path = await command.file("report.zip", bytes);
});
beforeEach(() => emulator.act("/api/reset", {}));
afterAll(async () => {
  await emulator.stop();
  await command.remove();
});

const commandFor = (state: Snapshot, kind: string) =>
  state.items
    .find((item) => item.kind === kind)!
    .command.replace("npx ", "")
    .replace("FILE", path);
const paste = async (kind: string) => {
  const { environment } = await emulator.state();
  return command.shell(`${environment}\n${commandFor(await emulator.state(), kind)} --timeout 20`);
};

describe("the emulator of the command line", () => {
  test("prints the environment and the commands, and Ctrl-C ends it", async () => {
    const { child, shown, ended } = command.start(["emulator", "--port", "0"]);
    await until("its whole output", () => shown.stdout.includes("Ctrl-C ends the emulator"));
    const exported = shown.stdout.match(/^export (\w+)=\S+$/gm)!.map((line) => /^export (\w+)/.exec(line)![1]);
    expect(exported).toEqual([
      ...["GRAPH_BASE_URL", "GRAPH_TOKEN", "AZURE_DEVOPS_ORGANIZATION", "AZURE_DEVOPS_PAT", "NODE_EXTRA_CA_CERTS"],
    ]);
    const [, ca] = /NODE_EXTRA_CA_CERTS=(\S+)/.exec(shown.stdout)!;
    expect(existsSync(ca!)).toBe(true);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
    expect(existsSync(ca!)).toBe(true); // other terminals still name it
  });

  test("a port in use ends with 2 and a hint", async () => {
    const { port } = new URL(emulator.page);
    expect(await command.run(["emulator", "--port", port])).toEqual({
      code: 2,
      stdout: "",
      stderr: `Port ${port} is in use.\nThe emulator needs ${port} to ${Number(port) + 2}. Choose another with --port, or 0 for any free ports.\n`,
    });
  });

  test.each(["message", "event", "task", "work item", "drive", "print document"])(
    "the printed command attaches to a %s",
    async (kind) => {
      expect(await paste(kind)).toMatchObject({ code: 0 });
      const { items, uploads } = await emulator.state();
      const name = kind === "drive" ? "/report.zip" : "report.zip";
      const file = { name, size: 9_000_000, sha256: sha256(bytes) };
      expect(items.find((item) => item.kind === kind)!.attachments).toEqual([file]);
      expect(uploads).toMatchObject([{ name: "report.zip", stored: 9_000_000, size: 9_000_000, state: "complete" }]);
    },
  );

  test("each fault of the page happens once", async () => {
    for (const fault of ["reset", "unavailable", "lostReply"])
      expect(await emulator.act("/api/faults", { fault })).toBe(204);
    expect((await emulator.state()).faults).toEqual([
      "Connection reset in the middle of the next range",
      "503 Service Unavailable",
      "Range stored, reply lost",
    ]);
    expect(await paste("message")).toMatchObject({ code: 0 });
    const { faults, requests, items } = await emulator.state();
    expect(faults).toEqual([]);
    expect(requests.filter(({ fault }) => fault !== undefined).map(({ kind }) => kind)).toEqual(Array(3).fill("range"));
    expect(items[0]!.attachments).toMatchObject([{ sha256: sha256(bytes) }]);
  });

  test("a slow range is shown while it arrives", async () => {
    expect(await emulator.act("/api/slow", { slow: true })).toBe(204);
    const pasted = paste("task");
    await until("an arriving range", async () => (await emulator.state()).uploads.some(({ arriving }) => arriving > 0));
    expect(await emulator.act("/api/slow", { slow: false })).toBe(204);
    expect(await pasted).toMatchObject({ code: 0 });
  });

  test("a deleted item disappears", async () => {
    const { items } = await emulator.state();
    const { GRAPH_BASE_URL, GRAPH_TOKEN, NODE_EXTRA_CA_CERTS } = emulator.environment;
    for (const { path } of items.filter(({ kind }) => ["message", "event", "task"].includes(kind))) {
      const { port } = new URL(GRAPH_BASE_URL!);
      const ca = await readFile(NODE_EXTRA_CA_CERTS!);
      const headers = { Authorization: `Bearer ${GRAPH_TOKEN}` };
      const sent = requestTls({ host: "localhost", port, path: `/v1.0${path}`, method: "DELETE", ca, headers });
      const [response] = await once(sent.end(), "response");
      response.resume();
      expect(response.statusCode).toBe(204);
    }
    expect((await emulator.state()).items.map(({ kind }) => kind)).toEqual(["work item", "drive", "print document"]);
  });

  test("open pages receive every change", async () => {
    const [response] = await once(get(new URL("/api/events", emulator.page)), "response");
    let text = "";
    response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    await until("the first state", () => text.includes("data: "));
    await emulator.act("/api/items", { kind: "event" });
    await until("a state with both events", () => {
      const last = text.split("data: ").at(-1)!;
      const { items } = last.endsWith("\n\n") ? (JSON.parse(last) as Snapshot) : { items: [] };
      return items.filter(({ kind }) => kind === "event").length === 2;
    });
    response.destroy();
  });

  test("no upload URL is shown, because it is a credential", async () => {
    await paste("message");
    expect(JSON.stringify((await emulator.state()).uploads)).not.toMatch(/https?:|authtoken/);
    expect(JSON.stringify((await emulator.state()).requests)).not.toMatch(/authtoken=[^…]/);
  });
});

/** Sends a request with headers that `fetch` does not allow, and returns the status. */
async function statusOf(url: string, method: string, headers: Record<string, string>, body = "{}"): Promise<number> {
  const sent = request(new URL(url, emulator.page), { method, headers });
  sent.end(method === "POST" ? body : undefined);
  const [response] = await once(sent, "response");
  response.resume();
  return response.statusCode;
}

describe("the server of the page accepts actions of its own page only:", () => {
  const json = { "Content-Type": "application/json" };
  const own = () => new URL(emulator.page);
  test.each<[string, number, string, string, () => Record<string, string>]>([
    ["its page", 204, "POST", "/api/reset", () => ({ ...json, Origin: own().origin })],
    [
      "its page on localhost",
      204,
      "POST",
      "/api/reset",
      () => ({
        ...json,
        Host: `localhost:${own().port}`,
        Origin: `http://localhost:${own().port}`,
      }),
    ],
    ["a program", 204, "POST", "/api/reset", () => json],
    ["another site", 403, "POST", "/api/reset", () => ({ ...json, Origin: "https://evil.example" })],
    ["a page on another port", 403, "POST", "/api/reset", () => ({ ...json, Origin: "http://127.0.0.1:1" })],
    ["a page without an origin", 403, "POST", "/api/reset", () => ({ ...json, Origin: "null" })],
    [
      "another host name that resolves to this machine",
      403,
      "GET",
      "/api/state",
      () => ({ Host: `evil.example:${own().port}` }),
    ],
    ["a link from another site", 403, "GET", "/api/state", () => ({ "Sec-Fetch-Site": "cross-site" })],
    ["a form", 415, "POST", "/api/reset", () => ({ "Content-Type": "text/plain" })],
    ["an unknown action", 404, "POST", "/api/other", () => json],
    ["an unknown file", 404, "GET", "/../package.json", () => ({})],
  ])("%s gets %d", async (_, status, method, url, headers) => {
    expect(await statusOf(url, method, headers())).toBe(status);
  });

  test.each([
    ["/api/faults", '{"fault":"toString"}'],
    ["/api/faults", "not JSON"],
    ["/api/items", '{"kind":"drive"}'],
    ["/api/slow", "{}"],
    ["/api/reset", `"${"x".repeat(2000)}"`],
  ])("an invalid body at %s gets 400", async (url, body) => {
    expect(await statusOf(url, "POST", json, body)).toBe(400);
  });

  test("the page loads nothing from other origins and cannot be framed", async () => {
    const { headers } = await fetch(emulator.page);
    expect(headers.get("content-security-policy")).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers.get("content-security-policy")).not.toMatch(/unsafe|https?:|\*/);
  });
});
