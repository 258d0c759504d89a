/** Real processes on one mailbox: killed before and after each request, or put to sleep and overtaken. */
import { fork, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { startEmulator, type Emulator, type RequestKind } from "../../src/emulator/index.js";

const program = join(process.cwd(), "temp/sender.mjs");
let clock = 0;
let emulator: Emulator;
let folder: string;
beforeAll(async () => {
  emulator = await startEmulator({ now: () => Date.now() + clock });
  await build({
    entryPoints: ["__tests__/workers/support/sender.ts"],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["@microsoft/microsoft-graph-client"],
  });
});
beforeEach(() => {
  clock = 0;
  emulator.reset();
  folder = mkdtempSync(join(tmpdir(), "workers-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
afterAll(() => emulator.close());

interface Ended {
  readonly done?: boolean;
  readonly code?: string;
  /** It was killed. */
  readonly killed?: boolean;
}

function start(env: Record<string, string>): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const surroundings = { ...process.env, BASE: emulator.graphUrl, TOKEN: emulator.token, ...env };
  const child = fork(program, {
    env: surroundings,
    execArgv: ["--no-warnings"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  let said: Ended | undefined;
  child.on("message", (message) => (said = message as Ended));
  const ended = new Promise<Ended>((resolve) => child.on("exit", () => resolve(said ?? { killed: true })));
  return { child, ended };
}
const run = (env: Record<string, string>) => start(env).ended;
const count = (kind: RequestKind) => emulator.requests.filter((one) => one.kind === kind && one.status! < 300).length;
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** Does the job again until it is acknowledged, as a queue does. Returns the codes on the way. */
async function untilDone(env: Record<string, string>): Promise<string[]> {
  const codes: string[] = [];
  for (;;) {
    const { done, code = "killed" } = await run(env);
    if (done) return codes;
    codes.push(code);
    expect(codes.length).toBeLessThan(5);
    if (code === "uncertain") clock += 11 * 60_000;
  }
}
const sent = () => emulator.mailbox.outbox().map(({ attachments }) => attachments.map(({ name }) => name).sort());

test.each(["before", "after"] as const)(
  "a worker that is killed %s any request of a mail with a large and a small file: one mail, and no draft",
  async (when) => {
    let total = 0;
    const uncertain: number[] = [];
    for (let at = 1; ; at++) {
      emulator.reset();
      clock = 0;
      const env = { FOLDER: join(folder, String(at)) };
      const first = await run({ ...env, CRASH_AT: String(at), CRASH_WHEN: when });
      if (!first.killed) break;
      total = at;
      const last = emulator.requests.at(-1)?.kind;
      const codes = await untilDone(env);
      if (codes.length > 0) {
        uncertain.push(at);
        expect({ at, last, codes }).toEqual({ at, last: "patch", codes: ["uncertain"] });
      }
      expect({ at, sent: sent() }).toEqual({ at, sent: [["large.bin", "small.txt"]] });
      expect(emulator.mailbox.drafts()).toEqual([]);
    }
    expect(total).toBeGreaterThan(12);
    expect(uncertain).toHaveLength(1); // the time is on the draft, and nobody knows whether it was sent
  },
);

test.each([
  ["no files are up yet", 0],
  ["in the middle of the large file", 2],
  ["at its last range", 4],
])("a worker that sleeps when %s is overtaken, wakes up, and the mail is sent once", async (_, ranges) => {
  for (const wakes of ["while the other one works", "when the other one is done"]) {
    emulator.reset();
    emulator.fault({ delay: 20, times: 200 });
    const env = { FOLDER: join(folder, wakes) };
    const sleepy = start(env);
    await until(() => count("draft") > 0 && count("range") >= ranges);
    sleepy.child.kill("SIGSTOP");
    const other = start(env);
    if (wakes === "when the other one is done") await other.ended;
    else await until(() => count("list") > 3);
    sleepy.child.kill("SIGCONT");
    const ends = await Promise.all([sleepy.ended, other.ended]);
    const codes = ends.filter(({ done }) => !done).map(({ code }) => code);
    for (const code of codes) expect(["takenOver", "uncertain"]).toContain(code);
    if (codes.includes("uncertain")) clock += 11 * 60_000;
    await untilDone(env);
    expect({ wakes, sent: sent() }).toEqual({ wakes, sent: [["large.bin", "small.txt"]] });
    expect(emulator.mailbox.drafts()).toEqual([]);
  }
});

describe.each(["", "small:"])("checkpoints of one attachment, %s", (size) => {
  const names = (item: { id: string }) => emulator.attachments(item.id).map(({ name }) => name);

  test.each(["before", "after"] as const)(
    "a worker that is killed %s any request leaves one attachment",
    async (when) => {
      for (let at = 1; ; at++) {
        emulator.reset();
        const item = emulator.addMessage();
        const env = { KIND: "attach", ITEM: size + item.path, FOLDER: join(folder, String(at)) };
        const first = await run({ ...env, CRASH_AT: String(at), CRASH_WHEN: when });
        if (!first.killed) break;
        expect(await run(env)).toEqual({ done: true });
        expect(await run(env)).toEqual({ done: true }); // the queue did not hear of it
        expect({ at, names: names(item) }).toEqual({ at, names: ["a.bin"] });
      }
    },
  );

  test("three workers on one checkpoint at the same time leave one attachment", async () => {
    for (let round = 0; round < 3; round++) {
      emulator.reset();
      const item = emulator.addMessage();
      const env = { KIND: "attach", ITEM: size + item.path, FOLDER: join(folder, String(round)), DELAY: "50" };
      const ends = await Promise.all([run(env), run(env), run(env)]);
      for (const { done, code } of ends) if (!done) expect(code).toBe("takenOver");
      expect(await run(env)).toEqual({ done: true });
      expect(names(item)).toEqual(["a.bin"]);
    }
  });
});
