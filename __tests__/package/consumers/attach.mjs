/* eslint-disable no-console */
import { Client } from "@microsoft/microsoft-graph-client";
import { withLargeAttachments } from "graph-large-attachments";
import { startEmulator } from "graph-large-attachments/emulator";

const emulator = await startEmulator();
const client = Client.init({ ...emulator.clientOptions, authProvider: (done) => done(null, emulator.token) });
const message = emulator.addMessage();
const attachment = await withLargeAttachments(client)
  .api(message.path)
  .attach(new Uint8Array(5_000_000), { name: "a" });
const [kept] = emulator.attachments(message);
console.log(kept?.via, kept?.bytes.length, kept?.id === attachment.id);
await emulator.close();
