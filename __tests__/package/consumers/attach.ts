/* eslint-disable no-console */
import { Client } from "@microsoft/microsoft-graph-client";
import { withLargeAttachments, type CreatedAttachment } from "graph-large-attachments";
import { startEmulator, type Emulator } from "graph-large-attachments/emulator";

async function main(): Promise<void> {
  const emulator: Emulator = await startEmulator();
  const client = Client.init({ ...emulator.clientOptions, authProvider: (done) => done(null, emulator.token) });
  const message = emulator.addMessage();
  const attachment: CreatedAttachment = await withLargeAttachments(client)
    .api(message.path)
    .attach(new Uint8Array(5_000_000), { name: "a" });
  const [kept] = emulator.attachments(message);
  console.log(kept?.via, kept?.bytes.length, kept?.id === attachment.id);
  await emulator.close();
}

void main();
