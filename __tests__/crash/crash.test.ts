import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { fileOf, sha256 } from "../support/graph.js";
import { disputed, take, type Subject } from "../support/subjects.js";

const bytes = fileOf(450_000);
const ranges = 5;
let emulator: Emulator;
let folder: string;
const program = join(process.cwd(), "temp/crash.mjs");

beforeAll(async () => {
  emulator = await startEmulator();
  folder = await mkdtemp(join(tmpdir(), "crash-"));
  await writeFile(join(folder, "file"), bytes);
  await build({
    entryPoints: ["__tests__/crash/program.ts"],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["@microsoft/microsoft-graph-client"],
  });
});
beforeEach(() => emulator.reset());
afterAll(async () => {
  await emulator.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** Runs the program; `until` kills it, as nothing can prevent, when it holds. Answers what it printed, or nothing. */
async function run(env: Record<string, string>, until = () => false): Promise<string | undefined> {
  const child = spawn(process.execPath, ["--no-warnings", program], { env: { ...process.env, ...env } });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (data) => (output += data));
  child.stderr.on("data", (data) => (errors += data));
  let ended = false;
  const end = new Promise<number | null>((resolve) => child.on("close", (code) => resolve(((ended = true), code))));
  while (!ended && !until()) await new Promise((resolve) => setTimeout(resolve, 2));
  child.kill("SIGKILL");
  const code = await end;
  if (code !== 0 && code !== null) throw new Error(errors);
  return code === 0 ? output.trim() : undefined;
}

/** The subjects that differ in what a service can be asked after a crash. */
const ways = disputed.filter(({ name }) => /404|To Do|work item$|replayed/.test(name));

describe.each(ways)("$name", (subject: Subject) => {
  const environment = (path: string, checkpoints: string): Record<string, string> => {
    const azure = subject.limit === Infinity;
    const { organizationUrl, personalAccessToken } = emulator.azureDevOps;
    return {
      KIND: azure ? "azureDevOps" : "graph",
      BASE: azure ? organizationUrl : emulator.graphUrl,
      TOKEN: azure ? personalAccessToken : emulator.token,
      ITEM: path,
      FILE: join(folder, "file"),
      FOLDER: join(folder, checkpoints),
    };
  };
  const sent = () => emulator.requests.filter(({ kind }) => kind === "range").length;

  test.each(["between two ranges", "within a range", "after the last range was kept, before its reply"])(
    "a process killed %s goes on when it is run again, and attaches once",
    async (when) => {
      take(emulator, subject);
      const item = subject.add(emulator);
      const store = `${subject.name}-${when}`.replaceAll(/\W/g, "");
      const env = environment(item.path, store);
      const hang = when === "within a range" ? { delay: 3_600_000 } : { hang: "after" as const };
      if (when === "between two ranges") emulator.fault({ on: { kind: "range", range: 3 }, delay: 150 });
      else emulator.fault({ on: { kind: "range", range: when === "within a range" ? 2 : "last" }, ...hang });
      const stopAt = when === "within a range" ? 3 : when === "between two ranges" ? 4 : ranges;
      expect(await run(env, () => sent() >= stopAt)).toBeUndefined();
      const before = sent();
      const id = await run(env);
      expect(subject.held(emulator, item)).toMatchObject([{ id, name: "a.bin", sha256: sha256(bytes) }]);
      if (!subject.lacks.has("status")) expect(sent() - before).toBeLessThan(ranges);
      expect(await readdir(join(folder, store))).toEqual([]); // nothing is left of the checkpoint
    },
  );
});
