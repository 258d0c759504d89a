/* eslint-disable @typescript-eslint/no-require-imports, no-console */
const { Client } = require("@microsoft/microsoft-graph-client");
const { withLargeAttachments } = require("graph-large-attachments");
const { startEmulator } = require("graph-large-attachments/emulator");

async function main() {
  const emulator = await startEmulator();
  const client = Client.init({ ...emulator.clientOptions, authProvider: (done) => done(null, emulator.token) });
  const message = emulator.addMessage();
  const attachment = await withLargeAttachments(client)
    .api(message.path)
    .attach(new Uint8Array(5_000_000), { name: "a" });
  const [kept] = emulator.attachments(message);
  console.log(kept?.via, kept?.bytes.length, kept?.id === attachment.id);
  await emulator.close();
}

void main();
