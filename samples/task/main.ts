/**
 * Stops an upload, stores its session, and resumes it later. Another process can do that too.
 * README.md shows how to run it.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@microsoft/microsoft-graph-client";
import { LargeAttachmentTask, type UploadSession } from "graph-large-attachments";
import { startEmulator } from "graph-large-attachments/emulator";
import { openFile } from "./support/files.js";

const emulator = await startEmulator();
const client = Client.init({ ...emulator.clientOptions, authProvider: (done) => done(null, emulator.token) });
const message = emulator.addMessage();
const file = await openFile(process.execPath, 20_000_000);
const folder = await mkdtemp(join(tmpdir(), "upload-"));
const stored = join(folder, "session.json");

// Before the interruption
const task = await LargeAttachmentTask.create(client, message.path, file);
const stop = new AbortController();
try {
  await task.upload({ signal: stop.signal, onProgress: ({ loaded }) => loaded > 10_000_000 && stop.abort() });
} catch (error) {
  console.log(`Stopped: ${(error as Error).name}`);
}
await writeFile(stored, JSON.stringify(task.session), { mode: 0o600 }); // The session is a secret: it lets its holder write to the upload.

// After the interruption
const session: UploadSession = JSON.parse(await readFile(stored, "utf8"));
const restored = await LargeAttachmentTask.restore(client, session, file);
console.log(`The service has ${(await restored.getStatus()).offset} of ${file.size} bytes.`);
const attachment = await restored.resume({ onProgress: ({ loaded }) => console.log(`${loaded} bytes`) });
console.log(attachment);

await rm(folder, { recursive: true });
await emulator.close();
