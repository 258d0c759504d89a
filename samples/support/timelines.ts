/**
 * Draws the pictures in docs/timelines, which show uploads on the emulator. A test draws them too and compares them.
 *
 *   npx tsx samples/support/timelines.ts
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "@microsoft/microsoft-graph-client";
import { LargeAttachmentTask, withLargeAttachments } from "graph-large-attachments";
import { startEmulator, type Emulator } from "graph-large-attachments/emulator";

interface Scene {
  readonly title: string;
  play(client: Client, emulator: Emulator): Promise<unknown>;
}

const file = new File([new Uint8Array(9_000_000)], "report.pdf", { lastModified: 0 });

/** The pictures, by the names of their files. */
const scenes: Readonly<Record<string, Scene>> = {
  mail: {
    title: "A mail that survives a busy service, a broken connection and a lost response",
    async play(client, emulator) {
      emulator.fault({ on: { kind: "range", range: 1 }, status: 503 });
      emulator.fault({ on: { kind: "range", range: 1 }, reset: "midway" });
      emulator.fault({ on: { kind: "range", range: "last" }, reset: "after" });
      const toRecipients = [{ emailAddress: { address: "adele@contoso.com" } }];
      const message = { subject: "The report", toRecipients };
      await client.api("/me/sendMail").withAttachments([file]).post({ message });
    },
  },
  task: {
    title: "An upload that is paused and resumed by another process",
    async play(client, emulator) {
      const { path } = emulator.addMessage();
      const task = await LargeAttachmentTask.create(client, path, file);
      const pause = new AbortController();
      await task.upload({ signal: pause.signal, onProgress: () => pause.abort() }).catch(() => {});
      const session = JSON.parse(JSON.stringify(task.session));
      const restored = await LargeAttachmentTask.restore(client, session, file);
      await restored.resume();
    },
  },
};

/** Plays each scene on an emulator of its own, and returns the pictures. */
export async function drawTimelines(): Promise<Record<string, string>> {
  const pictures: Record<string, string> = {};
  for (const [name, { title, play }] of Object.entries(scenes)) {
    const emulator = await startEmulator();
    const authProvider = { getAccessToken: async () => emulator.token };
    const client = withLargeAttachments(Client.initWithMiddleware({ ...emulator.clientOptions, authProvider }), {
      delay: 1,
    });
    await play(client, emulator);
    emulator.verifyFaults();
    pictures[`${name}.svg`] = emulator.timeline({ title, axis: "order" });
    await emulator.close();
  }
  return pictures;
}

async function main(): Promise<void> {
  const folder = "docs/timelines";
  await mkdir(folder, { recursive: true });
  for (const [name, picture] of Object.entries(await drawTimelines())) await writeFile(join(folder, name), picture);
}

if (process.argv[1]?.endsWith("timelines.ts")) void main();
