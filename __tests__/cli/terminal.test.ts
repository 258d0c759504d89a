import { startEmulator, type Emulator } from "../../src/emulator/index";
import { until } from "../browser/support/until";
import { fileOf, sha256 } from "../support/graph";
import { Command, ranges, rangesOf } from "./support/command";

jest.setTimeout(60_000);

const bytes = fileOf(20_000_000);
let emulator: Emulator;
let command: Command;
let env: Record<string, string>;
let path: string;

beforeAll(async () => {
  [emulator, command] = await Promise.all([startEmulator(), Command.install()]);
  env = await command.environment(emulator);
  path = await command.file("report.zip", bytes);
});
beforeEach(() => emulator.reset());
afterAll(() => Promise.all([emulator.close(), command.remove()]));

/** The lines that the terminal showed, without control sequences. */
function linesOf(text: string): string[] {
  return text.split(/\r|\n|\u001b\[1G/).map((line) => line.replace(/\u001b(\[[?\d;]*[a-zA-Z]|[78])/g, ""));
}

describe("on a terminal of 80 columns", () => {
  test("a bar fills one line, and the result follows below", async () => {
    const message = emulator.addMessage();
    emulator.fault({ on: { kind: "range", range: 2 }, delay: 700 }); // long enough for the bar to be drawn
    const { ended } = command.startInTerminal(["attach", message.path, path], env);
    const { code, stdout } = await ended;
    const lines = linesOf(stdout);
    expect(code).toBe(0);
    expect(lines).toContainEqual(expect.stringMatching(/^report\.zip {2}\[=+ +\] +\d\d % {2}\d+\.\d MB of 20\.0 MB/));
    expect(lines).toContainEqual("report.zip  [==============================] 100 %  20.0 MB of 20.0 MB");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(80);
    expect(lines.filter((line) => line !== "").at(-1)).toMatch(/^Attached report\.zip \(20\.0 MB\), id \S+$/);
    expect(emulator.attachments(message)).toMatchObject([{ name: "report.zip", sha256: sha256(bytes) }]);
  });

  test.each([80, 40, 20])("a name of 120 characters does not break the line of %d columns", async (columns) => {
    const message = emulator.addMessage();
    const name = `${"ein sehr langer Name ".repeat(6).slice(0, 116)}.zip`;
    emulator.fault({ on: { kind: "range", range: "first" }, status: 503, headers: { "Retry-After": "1" } });
    const { ended } = command.startInTerminal(["attach", message.path, path, "--name", name], env, columns);
    const { code, stdout } = await ended;
    const drawn = linesOf(stdout).filter((line) => line.includes(" % "));
    expect(code).toBe(0);
    expect(drawn.length).toBeGreaterThan(1);
    expect(Math.max(...drawn.map((line) => line.length))).toBeLessThan(columns);
    expect(emulator.attachments(message)).toMatchObject([{ name }]);
  });

  test("the bar shows the rate and the time left", async () => {
    const message = emulator.addMessage();
    emulator.fault({ on: { kind: "range" }, delay: 300, times: 5 });
    const { stdout } = await command.startInTerminal(["attach", message.path, path], env).ended;
    expect(stdout).toMatch(/MB {2}\d+\.\d MB\/s {2}\d+ s left/);
  });

  test("a dumb terminal gets lines without control sequences", async () => {
    const message = emulator.addMessage();
    const { code, stdout } = await command.startInTerminal(["attach", message.path, path], { ...env, TERM: "dumb" })
      .ended;
    expect(code).toBe(0);
    expect(stdout).toContain("report.zip: 3.9 MB of 20.0 MB");
    expect(stdout).not.toContain("\u001b");
  });

  test("the result of each file is printed as soon as the file is attached", async () => {
    const message = emulator.addMessage();
    const small = await command.file("small.txt", fileOf(1000));
    emulator.fault({ on: { kind: "range" }, hang: true });
    const running = command.start(["attach", message.path, small, path], env);
    await until("the first result", () => running.shown.stdout.startsWith("Attached small.txt"));
    running.child.kill("SIGINT");
    expect(await running.ended).toMatchObject({ code: 130 });
  });

  test("the bar shows the status and the time until a retry", async () => {
    const message = emulator.addMessage();
    emulator.fault({ on: { kind: "range", range: 1 }, status: 503, headers: { "Retry-After": "1" } });
    const { ended } = command.startInTerminal(["attach", message.path, path], env);
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(stdout).toContain("MB  status 503, retry in 1 s");
    emulator.verifyFaults();
  });

  test("Ctrl-C stops and restores the cursor, and the printed command resumes the upload", async () => {
    const message = emulator.addMessage();
    emulator.fault({ on: { kind: "range", range: 2 }, hang: true });
    const running = command.startInTerminal(["attach", message.path, path], env);
    await ranges(emulator, 3);
    await until("the second range in the bar", () => running.shown.stdout.includes("7.9 MB of"));
    running.child.stdin!.write("\u0003");
    const { code, stdout } = await running.ended;
    expect(code).toBe(130);
    expect(stdout.lastIndexOf("\u001b[?25h")).toBeGreaterThan(stdout.lastIndexOf("\u001b[?25l"));
    const lines = linesOf(stdout);
    expect(lines).toContain("Stopped. 7.9 MB of 20.0 MB of report.zip are uploaded.");
    const [, resume] = /^Resume with: (.*)$/m.exec(lines.join("\n"))!;
    expect(resume).toBe(`graph-large-attachments attach --resume ${message.path} ${path}`);

    const before = rangesOf(emulator).filter(({ status }) => status !== undefined);
    expect(await command.shell(resume!, env)).toMatchObject({ code: 0 });
    const taken = rangesOf(emulator).filter(({ status }) => status !== undefined);
    expect(taken.slice(0, before.length)).toEqual(before);
    expect(new Set(taken.map(({ range }) => range)).size).toBe(taken.length); // no range was sent twice
    expect(emulator.sessions).toMatchObject([{ state: "complete" }]);
    expect(emulator.attachments(message)).toMatchObject([{ sha256: sha256(bytes) }]);
  });

  test("the first Ctrl-C waits for a file in one request, and the second one does not", async () => {
    const message = emulator.addMessage();
    const small = await command.file("small.txt", fileOf(1000));
    emulator.fault({ on: { kind: "post" }, hang: true });
    const running = command.startInTerminal(["attach", message.path, small], env);
    await until("the request", () => emulator.requests.some(({ kind }) => kind === "post"));
    running.child.stdin!.write("\u0003");
    await until("the first message", () => running.shown.stdout.includes("Press Ctrl-C again to end immediately"));
    running.child.stdin!.write("\u0003");
    expect(await running.ended).toMatchObject({ code: 130 });
  });
});
