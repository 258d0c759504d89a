import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Starts the installed emulator in its own Node process. `control` is the URL for questions, `certificate` a file. */
export async function startEmulator(home, node = process.execPath) {
  const child = spawn(node, ["emulatorProcess.mjs"], { cwd: home, stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit").then(() => {
    throw new Error("The emulator did not start.");
  });
  const [line] = await Promise.race([once(createInterface(child.stdout), "line"), ended]);
  ended.catch(() => {}); // It ends by a signal.
  const { control, ca } = JSON.parse(line);
  const certificate = join(home, `emulator-${child.pid}.pem`);
  await writeFile(certificate, ca);
  return {
    control,
    certificate,
    close: async () => {
      const exit = once(child, "exit");
      child.stdin.end();
      await exit;
    },
  };
}
