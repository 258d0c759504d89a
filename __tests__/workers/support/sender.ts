/**
 * A worker that does one job, and says how it ended. It kills itself, as nothing can prevent, at its n-th request: before it
 * goes out, or after its reply has come.
 */
import { Client } from "@microsoft/microsoft-graph-client";
import { withLargeAttachments } from "../../../src/index.js";
import { fileCheckpoints } from "../../../src/node/index.js";

const { BASE, TOKEN, KIND, ITEM, FOLDER, CRASH_AT, CRASH_WHEN, DELAY = "5" } = process.env as Record<string, string>;
process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0"; // the emulator's certificate is its own

/** The same bytes in each process. */
function bytes(size: number, seed: number): Blob {
  const all = new Uint8Array(size);
  for (let at = 0, x = seed; at < size; at++) all[at] = x = (x * 1103515245 + 12345) & 0xff;
  return new Blob([all]);
}

let count = 0;
const real = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const mine = ++count === Number(CRASH_AT);
  if (mine && CRASH_WHEN === "before") process.kill(process.pid, "SIGKILL");
  const response = await real(input, init);
  if (mine) {
    await response.clone().arrayBuffer();
    process.kill(process.pid, "SIGKILL");
  }
  return response;
};

const client = withLargeAttachments(
  Client.init({ baseUrl: BASE!, customHosts: new Set(["localhost"]), authProvider: (done) => done(null, TOKEN!) }),
  { threshold: 100_000, rangeSize: 100_000, delay: Number(DELAY), retries: 3, timeout: 30_000 },
);
const checkpoints = FOLDER === undefined ? undefined : fileCheckpoints(FOLDER);
const message = { subject: "Files", toRecipients: [{ emailAddress: { address: "a@example.com" } }] };

try {
  if (KIND === "attach") {
    const large = ITEM!.startsWith("small:") ? bytes(1_000, 7) : bytes(450_000, 7);
    await client.api(ITEM!.replace("small:", "")).attach(large, { name: "a.bin", checkpoints });
  } else {
    const files = [
      { file: bytes(450_000, 1), name: "large.bin" },
      { file: bytes(1_000, 2), name: "small.txt" },
    ];
    await client.api("/me/sendMail").withAttachments(files, { once: "job 1", checkpoints }).post({ message });
  }
  process.send?.({ done: true });
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  process.send?.({ code: code ?? message });
}
process.disconnect?.();
