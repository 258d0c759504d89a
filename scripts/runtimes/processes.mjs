// Runs the suite in processes of Node, Bun and Deno: by import, by require, and with the emulator in the same process; in a page
// of jsdom and in a context such as that of React Native; and with the clients and copies that applications may have.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEmulator } from "./emulator.mjs";
import { nodes, older, others, versions } from "./packages.mjs";

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
  const here = (file) => async () => read(await output(program, [file], { cwd: home }));
  const on = (folder, file) => () => inProcess(join(home, folder), "Node", [program], file);
  const { version } = JSON.parse(readFileSync(bin("graph-large-attachments/package.json"), "utf8"));
  const [lowest] = Object.values(others.lowest);
  const [wrapper] = Object.values(others.sharepoint);
  const [teamsFx] = Object.values(others.teams);
  return [
    ...all,
    { runtime: "jsdom", version: versions.jsdom, how: `a page in Node ${node}`, run: here("jsdom.mjs") },
    { runtime: "React Native", version: `whatwg-fetch ${versions["whatwg-fetch"]}`, how: BARE, run: here("bare.mjs") },
    { runtime: "the lowest Graph client", version: lowest, how: "ES module", run: on("lowest", "main.mjs") },
    { runtime: "the lowest Graph client", version: lowest, how: "CommonJS", run: on("lowest", "main.cjs") },
    { runtime: "SharePoint", version: wrapper, how: "types, CommonJS", run: typed(home, "sharepoint", on("sharepoint", "sharepoint.cjs")) }, // prettier-ignore
    { runtime: "TeamsFx", version: teamsFx, how: "types, CommonJS", run: typed(home, "teams", on("teams", "teams.cjs")) }, // prettier-ignore
    { runtime: "two copies", version, how: "one imported, one required", run: on(".", "twoCopies.mjs") },
    { runtime: "two copies", version: older, how: "an older one in a dependency", run: on(".", "olderCopy.mjs") },
  ];
}

/** Types of the parameters of the guide's blocks. */
const hosts = {
  sharepoint: ["spfx.js", '{ aadTokenProviderFactory: import("@microsoft/sp-http-base").AadTokenProviderFactory }'],
  teams: ["credential.js", `${ofTeams("TeamsUserCredential")} | ${ofTeams("OnBehalfOfUserCredential")}`],
};

/** Compiles the guide's block, and other uses that the folder has, with the real typings of a host. Then runs. */
const typed = (home, name, run) => async () => {
  const folder = join(home, name);
  await writeFile(join(folder, "block.ts"), await blockOf(...hosts[name]));
  const uses = await readFile(join(folder, `${name}Types.txt`), "utf8").catch(() => "export {};");
  await writeFile(join(folder, "types.ts"), uses);
  const compilerOptions = { noEmit: true, strict: true, skipLibCheck: true, target: "es2022", lib: ["es2022", "dom"] };
  const config = {
    compilerOptions: { ...compilerOptions, types: [], module: "nodenext" },
    files: ["block.ts", "types.ts"],
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  await output(process.execPath, [fileURLToPath(import.meta.resolve("typescript/bin/tsc")), "-p", folder], {});
  return run();
};

/** A block of the guide "Your client", with the type of its parameter. */
async function blockOf(file, type) {
  const page = await readFile(new URL("../../docs/guides/your-client.md", import.meta.url), "utf8");
  const text = page.split(`\n\`\`\`js ${file}\n`)[1].split("\n```")[0];
  return text.replace(/clientFor\(\w+/, (start) => `${start}: ${type}`);
}

function ofTeams(name) {
  return `import("@microsoft/teamsfx").${name}`;
}

const BARE = "a context in Node without what Hermes lacks";

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
