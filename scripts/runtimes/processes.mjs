// Runs the suite in processes of Node, Bun and Deno: by import, by require, and with the emulator in the same process; and in a
// page of jsdom.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { startEmulator } from "./emulator.mjs";
import { nodes, versions } from "./packages.mjs";

const ways = { "ES module": "main.mjs", CommonJS: "main.cjs", "the emulator too": "together.mjs" };

/** The runs, each with its name in the results and its command. */
export function processRuns(home) {
  const bin = (name) => join(home, "node_modules", name);
  const runtimes = [
    ...nodes.map((version) => ["Node", version, [bin(`node-${version}/bin/node`)]]),
    ["Bun", versions.bun, [bin(".bin/bun"), "run"]],
    ["Deno", versions.deno, [bin(".bin/deno"), "run", "--allow-all", "--node-modules-dir=manual"]],
  ];
  const all = runtimes.flatMap(([runtime, version, command]) =>
    Object.entries(ways).map(([how, file]) => ({
      runtime,
      version,
      how,
      run: () => inProcess(home, runtime, command, file),
    })),
  );
  const [, node] = nodes;
  const program = bin(`node-${node}/bin/node`);
  const run = async () => read(await output(program, ["jsdom.mjs"], { cwd: home }));
  return [...all, { runtime: "jsdom", version: versions.jsdom, how: `a page in Node ${node}`, run }];
}

async function inProcess(home, runtime, [program, ...args], file) {
  if (file === ways["the emulator too"]) return read(await output(program, [...args, file], { cwd: home }));
  const node = runtime === "Node" ? program : undefined; // The emulator then runs on the same Node.
  const emulator = await startEmulator(home, node);
  try {
    const env = { ...process.env, CONTROL: emulator.control };
    if (runtime === "Node") env.NODE_EXTRA_CA_CERTS = emulator.certificate;
    return read(await output(program, [...args, file], { cwd: home, env }));
  } finally {
    await emulator.close();
  }
}

/** Returns the output of a program. Throws with the output if the program fails or does not end. */
function output(program, args, options) {
  return new Promise((resolve, reject) => {
    execFile(program, args, { ...options, timeout: 240_000, killSignal: "SIGKILL" }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stdout}${stderr}`));
      else resolve(stdout);
    });
  });
}

const read = (stdout) => JSON.parse(stdout.trimEnd().split("\n").at(-1)).results;
