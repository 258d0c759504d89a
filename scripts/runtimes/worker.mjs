// Runs the suite in workerd, the runtime of Cloudflare Workers. Its configuration trusts the certificate.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { startEmulator } from "./emulator.mjs";
import { versions } from "./packages.mjs";

/** `certificate` is the name of a file in the same folder. */
const configuration = (certificate) => `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "worker", worker = (
      modules = [(name = "worker.js", esModule = embed "bundles/worker.js")],
      compatibilityDate = "2026-11-01",
      bindings = [(name = "CONTROL", fromEnvironment = "CONTROL")],
      globalOutbound = "network",
    )),
    (name = "network", network = (
      allow = ["private"],
      tlsOptions = (trustedCertificates = [embed "${certificate}"]),
    )),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
);
`;

export function workerRuns(home) {
  return [
    { runtime: "workerd", version: versions.workerd, how: "a worker bundled by esbuild", run: () => inWorker(home) },
  ];
}

async function inWorker(home) {
  const emulator = await startEmulator(home);
  await writeFile(join(home, "worker.capnp"), configuration(basename(emulator.certificate)));
  const workerd = spawn(binary(home), ["serve", "worker.capnp", "--control-fd=1"], {
    cwd: home,
    env: { ...process.env, CONTROL: emulator.control },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(workerd, "exit");
  try {
    const ended = exit.then(() => Promise.reject(new Error("workerd did not start.")));
    const [line] = await Promise.race([once(createInterface(workerd.stdout), "line"), ended]);
    ended.catch(() => {});
    const response = await fetch(`http://127.0.0.1:${JSON.parse(line).port}/`);
    if (!response.ok) throw new Error(`The worker answered ${response.status}: ${await response.text()}`);
    return (await response.json()).results;
  } finally {
    workerd.kill();
    await exit;
    await emulator.close();
  }
}

/** The binary itself, because the script of that name does not pass on the signal to end. */
const binary = (home) => createRequire(join(home, "worker.mjs"))("workerd").default;
