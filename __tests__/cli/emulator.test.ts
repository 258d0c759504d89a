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
beforeEach(() => emulator.order("/api/reset", {}));
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
  test("tells what to export and to run, and ends cleanly on Ctrl-C", async () => {
    const { child, shown, ended } = command.start(["emulator", "--port", "0"]);
    await until("all that it says", () => shown.stdout.includes("Ctrl-C ends it"));
    const exported = shown.stdout.match(/^export (\w+)=\S+$/gm)!.map((line) => /^export (\w+)/.exec(line)![1]);
    expect(exported).toEqual([
      ...["GRAPH_BASE_URL", "GRAPH_TOKEN", "AZURE_DEVOPS_ORGANIZATION", "AZURE_DEVOPS_PAT", "NODE_EXTRA_CA_CERTS"],
    ]);
    const [, ca] = /NODE_EXTRA_CA_CERTS=(\S+)/.exec(shown.stdout)!;
    expect(existsSync(ca!)).toBe(true);
    child.kill("SIGINT");
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
    expect(existsSync(ca!)).toBe(false);
  });

  test("says that a port is taken, and how to choose another", async () => {
    const { port } = new URL(emulator.page);
    expect(await command.run(["emulator", "--port", port])).toEqual({
      code: 2,
      stdout: "",
      stderr: `Port ${port} is taken.\nChoose another with --port, or 0 for any that is free.\n`,
    });
  });

  test.each(["message", "event", "task", "work item", "drive", "print document"])(
    "takes an upload to a %s by the line to paste",
    async (kind) => {
      expect(await paste(kind)).toMatchObject({ code: 0 });
      const { items, uploads } = await emulator.state();
      const name = kind === "drive" ? "/report.zip" : "report.zip"; // there, where it is
      const file = { name, size: 9_000_000, sha256: sha256(bytes) };
      expect(items.find((item) => item.kind === kind)!.attachments).toEqual([file]);
      expect(uploads).toMatchObject([{ name: "report.zip", kept: 9_000_000, size: 9_000_000, state: "complete" }]);
    },
  );

  test("has faults met that were switched on, each once", async () => {
    for (const fault of ["reset", "unavailable", "lostReply"])
      expect(await emulator.order("/api/faults", { fault })).toBe(204);
    expect((await emulator.state()).faults).toEqual([
      "Connection reset in the middle of the next range",
      "503",
      "Range kept, reply lost",
    ]);
    expect(await paste("message")).toMatchObject({ code: 0 });
    const { faults, requests, items } = await emulator.state();
    expect(faults).toEqual([]);
    expect(requests.filter(({ fault }) => fault !== undefined).map(({ kind }) => kind)).toEqual(Array(3).fill("range"));
    expect(items[0]!.attachments).toMatchObject([{ sha256: sha256(bytes) }]);
  });

  test("shows a range while it arrives, where ranges are slow", async () => {
    expect(await emulator.order("/api/slow", { slow: true })).toBe(204);
    const pasted = paste("task");
    await until("a range on its way", async () =>
      (await emulator.state()).uploads.some(({ arriving }) => arriving > 0),
    );
    expect(await emulator.order("/api/slow", { slow: false })).toBe(204);
    expect(await pasted).toMatchObject({ code: 0 });
  });

  test("does not mind that a request deletes what it shows", async () => {
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

  test("tells those who watch of every change", async () => {
    const [response] = await once(get(new URL("/api/events", emulator.page)), "response");
    let text = "";
    response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    await until("the first state", () => text.includes("data: "));
    await emulator.order("/api/items", { kind: "event" });
    await until("a state with both events", () => {
      const last = text.split("data: ").at(-1)!;
      const { items } = last.endsWith("\n\n") ? (JSON.parse(last) as Snapshot) : { items: [] };
      return items.filter(({ kind }) => kind === "event").length === 2;
    });
    response.destroy();
  });

  test("shows no upload URL, which is a credential", async () => {
    await paste("message");
    expect(JSON.stringify((await emulator.state()).uploads)).not.toMatch(/https?:|authtoken/);
    expect(JSON.stringify((await emulator.state()).requests)).not.toMatch(/authtoken=[^…]/);
  });
});

/** Sends a request with headers that `fetch` would not let through; answers the status. */
async function statusOf(url: string, method: string, headers: Record<string, string>, body = "{}"): Promise<number> {
  const sent = request(new URL(url, emulator.page), { method, headers });
  sent.end(method === "POST" ? body : undefined);
  const [response] = await once(sent, "response");
  response.resume();
  return response.statusCode;
}

describe("the page's server obeys its own page only:", () => {
  const json = { "Content-Type": "application/json" };
  const own = () => new URL(emulator.page);
  test.each<[string, number, string, string, () => Record<string, string>]>([
    ["its page", 204, "POST", "/api/reset", () => ({ ...json, Origin: own().origin })],
    [
      "its page by the name of localhost",
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
    ["a name that was made to lead here", 403, "GET", "/api/state", () => ({ Host: `evil.example:${own().port}` })],
    ["a link from another site", 403, "GET", "/api/state", () => ({ "Sec-Fetch-Site": "cross-site" })],
    ["a form", 415, "POST", "/api/reset", () => ({ "Content-Type": "text/plain" })],
    ["an order that is none", 404, "POST", "/api/other", () => json],
    ["a file that is none", 404, "GET", "/../package.json", () => ({})],
  ])("%s gets %d", async (_, status, method, url, headers) => {
    expect(await statusOf(url, method, headers())).toBe(status);
  });

  test.each([
    ["/api/faults", '{"fault":"toString"}'],
    ["/api/faults", "not JSON"],
    ["/api/items", '{"kind":"drive"}'],
    ["/api/slow", "{}"],
    ["/api/reset", `"${"x".repeat(2000)}"`],
  ])("nonsense at %s gets 400", async (url, body) => {
    expect(await statusOf(url, "POST", json, body)).toBe(400);
  });

  test("what it serves may load nothing from elsewhere, nor stand in another page", async () => {
    const { headers } = await fetch(emulator.page);
    expect(headers.get("content-security-policy")).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers.get("content-security-policy")).not.toMatch(/unsafe|https?:|\*/);
  });
});
