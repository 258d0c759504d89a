import { readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { ShownExchange } from "../../src/cli/emulator/snapshot";
import { until } from "../browser/support/until";
import { fileOf } from "../support/graph";
import { Command } from "./support/command";
import { startEmulatorOf, type StartedEmulator } from "./support/page";

jest.setTimeout(60_000);

let command: Command;
let file: string;
beforeAll(async () => {
  command = await Command.install();
  file = await command.file("report.zip", fileOf(9_000_000));
});
afterAll(() => command.remove());

/** The first of three free ports in a row. They are free a moment ago, which the caller may have to try again. */
async function freePorts(): Promise<number> {
  for (;;) {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    if (port < 65_000) return port;
  }
}

interface Printed {
  readonly page: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly items: readonly { readonly kind: string; readonly path: string; readonly command: string }[];
}

async function startAt(port: number) {
  const { child, shown, ended } = command.start(["emulator", "--port", String(port), "--json"]);
  const text = await until("its addresses", () => shown.stdout.endsWith("}\n") && shown.stdout);
  const stop = () => {
    child.kill("SIGINT");
    return ended;
  };
  return { printed: JSON.parse(text) as Printed, stop };
}

describe("the emulator of the command line, started again", () => {
  test("on the same port has the same environment and certificate, so other terminals keep working", async () => {
    const port = await freePorts();
    const first = await startAt(port);
    const certificate = await readFile(first.printed.environment["NODE_EXTRA_CA_CERTS"]!, "utf8");
    await first.stop();
    const second = await startAt(port);
    try {
      expect(second.printed.environment).toEqual(first.printed.environment);
      expect(second.printed.environment).toMatchObject({
        GRAPH_BASE_URL: `https://localhost:${port + 1}/`,
        AZURE_DEVOPS_ORGANIZATION: expect.stringMatching(`^https://localhost:${port + 2}/`),
      });
      expect(await readFile(first.printed.environment["NODE_EXTRA_CA_CERTS"]!, "utf8")).toBe(certificate);
      const { path } = second.printed.items.find(({ kind }) => kind === "message")!;
      expect(await command.run(["attach", path, file], first.printed.environment)).toMatchObject({ code: 0 });
    } finally {
      await second.stop();
    }
  });

  test("lists the path and the command line of each item with --json", async () => {
    const { printed, stop } = await startAt(0);
    await stop();
    const kinds = printed.items.map(({ kind }) => kind).sort();
    expect(kinds).toEqual(["drive", "event", "message", "print document", "task", "work item"]);
    for (const { path, command: line } of printed.items) {
      expect(path).toMatch(/^\//);
      expect(line).toMatch(/^npx graph-large-attachments /);
    }
  });

  test("keeps the key of its certificate for its user only, and replaces a certificate that cannot be read", async () => {
    const folder = join(command.state, "emulator");
    await (await startAt(0)).stop();
    expect((await stat(join(folder, "key.pem"))).mode & 0o777).toBe(0o600);
    await writeFile(join(folder, "ca.pem"), "no certificate");
    const { printed, stop } = await startAt(0);
    const attached = await command.run(["attach", printed.items[0]!.path, file], printed.environment);
    await stop();
    expect(attached).toMatchObject({ code: 0 });
    expect(await readFile(join(folder, "ca.pem"), "utf8")).toContain("BEGIN CERTIFICATE");
  });
});

describe("the page's data", () => {
  let emulator: StartedEmulator;
  beforeAll(async () => {
    emulator = await startEmulatorOf(command);
    await emulator.act("/api/faults", { fault: "unavailable" });
    const { items } = await emulator.state();
    const run = await command.run(["attach", items[0]!.path, file], emulator.environment);
    expect(run).toMatchObject({ code: 0 });
  });
  afterAll(() => emulator.stop());

  test("has no row for the question of the command line whether the host answers", async () => {
    const { requests, timelines } = await emulator.state();
    expect(requests.filter(({ status }) => status === 401)).toEqual([]);
    expect(requests.filter(({ method }) => method === "HEAD")).toEqual([]);
    expect(timelines).toHaveLength(1);
  });

  test("has the way of each file, with its faults and their outcome", async () => {
    const [timeline] = (await emulator.state()).timelines;
    expect(timeline!.heading).toBe("report.zip → message");
    const told = timeline!.steps.map(({ label, result }) => `${label}: ${result}`);
    expect(told).toContain("Range 0–3.9 MB: 503 Service Unavailable (fault)");
    expect(told.at(-1)).toMatch(/^Range .*: 201 Created$|^Look for the file: 200 OK$/);
    for (const { from, to } of timeline!.steps) {
      expect(from).toBeLessThanOrEqual(to);
      expect(to).toBeLessThanOrEqual(timeline!.duration);
    }
  });

  test("shows each exchange without a token or upload URL", async () => {
    const { requests } = await emulator.state();
    let all = "";
    for (const { number } of requests) {
      const response = await fetch(new URL(`/api/requests/${number}`, emulator.page));
      const exchange = (await response.json()) as ShownExchange;
      expect(exchange.request).toMatch(/^(GET|POST|PUT) \/\S+\n/);
      all += exchange.request + exchange.answer;
    }
    expect(all).toContain("Fault: status 503");
    expect(all).toContain('"uploadUrl": "https://');
    expect(all).toMatch(/authtoken=…/);
    expect(all).not.toMatch(/authtoken=[^…]/);
    expect(all.toLowerCase()).not.toContain("bearer");
    expect(all).not.toContain(emulator.environment["GRAPH_TOKEN"]);
  });

  test("has no exchange for a number that no request has", async () => {
    for (const number of ["0", "9999", "x"])
      expect((await fetch(new URL(`/api/requests/${number}`, emulator.page))).status).toBe(404);
  });
});
