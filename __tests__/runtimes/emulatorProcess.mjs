// The emulator of the installed package in a process of its own, with a door for the smoke suite. Tells on its standard
// output where that is and which certificate has to be trusted, and ends when its standard input does.
import { createServer } from "node:http";
import { startEmulator } from "graph-large-attachments/emulator";

const emulator = await startEmulator();
const { graphUrl, token, ca, azureDevOps } = emulator;
const { organizationUrl, personalAccessToken } = azureDevOps;

/** What can be asked for. What is answered is JSON, with the hash of a file instead of its bytes. */
const calls = {
  target: () => ({ graphUrl, token, ca, organizationUrl, personalAccessToken }),
  reset: () => emulator.reset(),
  addMessage: () => emulator.addMessage(),
  addEvent: () => emulator.addEvent(),
  addTask: () => emulator.addTask(),
  addWorkItem: () => azureDevOps.addWorkItem(),
  attachments: (id) => emulator.attachments(id).map(({ id, name, via, sha256 }) => ({ id, name, via, sha256 })),
  outbox: () =>
    emulator.mailbox.outbox().map(({ subject, recipients, attachments }) => ({
      subject,
      recipients,
      attachments: attachments.map(({ name, sha256 }) => ({ name, sha256 })),
    })),
  blobs: () =>
    azureDevOps
      .attachments()
      .map(({ id, fileName, sha256, complete, linkedTo }) => ({ id, fileName, sha256, complete, linkedTo })),
  sessions: () => emulator.sessions.map(({ offset, state }) => ({ offset, state })),
  ranges: () =>
    emulator.requests
      .filter(({ kind }) => kind === "range")
      .map(({ contentRange, status, fault }) => ({ contentRange, status, fault })),
  fault: (script) => emulator.fault(script),
  unusedFaults: () => emulator.unusedFaults().length,
};

const server = createServer(async (request, response) => {
  const pieces = await request.toArray();
  response.setHeader("Access-Control-Allow-Origin", "*");
  response.setHeader("Content-Type", "application/json");
  try {
    const value = calls[request.url.slice(1)](...JSON.parse(Buffer.concat(pieces).toString()));
    response.end(JSON.stringify({ value }));
  } catch (error) {
    response.end(JSON.stringify({ error: String(error) }));
  }
});
server.listen(0, "localhost", () => {
  const control = `http://localhost:${server.address().port}/`;
  process.stdout.write(`${JSON.stringify({ control, ca })}\n`);
});
process.stdin.resume().once("end", () => process.exit());
