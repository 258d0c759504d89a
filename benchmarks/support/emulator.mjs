import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../service/emulator.mjs", import.meta.url));

/** Starts the emulator in its own process. `latency`: milliseconds that each request takes. */
export async function startEmulatorProcess(latency) {
  const folder = mkdtempSync(join(tmpdir(), "bench-emulator-"));
  const certificate = join(folder, "ca.pem");
  const process = fork(main);
  const [{ ca, ...about }] = await once(process, "message");
  writeFileSync(certificate, ca);
  const ask = async (message) => {
    process.send(message);
    return (await once(process, "message"))[0];
  };
  return {
    /** The origins, and the token that Graph accepts. */
    about,
    /** Lets a child process trust the emulator. */
    env: { NODE_EXTRA_CA_CERTS: certificate },
    requests: () => ask({}),
    /** Forgets everything. Returns the path of a message to reply to. */
    reset: () => ask({ reset: true, latency }),
    async stop() {
      process.disconnect();
      await once(process, "exit");
      rmSync(folder, { recursive: true });
    },
  };
}
