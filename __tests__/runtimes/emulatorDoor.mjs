import { createServer } from "node:http";

/** Lets the smoke suite ask the emulator over http, from any process; answers where. */
export async function openDoor(emulator) {
  const calls = callsOf(emulator);
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
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  return `http://localhost:${server.address().port}/`;
}

/** The questions. Answers are JSON, with the hash of a file instead of its bytes. */
const callsOf = (emulator) => ({
  target: () => {
    const { graphUrl, token, ca, azureDevOps } = emulator;
    const { organizationUrl, personalAccessToken } = azureDevOps;
    return { graphUrl, token, ca, organizationUrl, personalAccessToken };
  },
  reset: () => emulator.reset(),
  addMessage: () => emulator.addMessage(),
  addEvent: () => emulator.addEvent(),
  addTask: () => emulator.addTask(),
  addWorkItem: () => emulator.azureDevOps.addWorkItem(),
  attachments: (id) => emulator.attachments(id).map(({ id, name, via, sha256 }) => ({ id, name, via, sha256 })),
  outbox: () =>
    emulator.mailbox.outbox().map(({ subject, recipients, attachments }) => ({
      subject,
      recipients,
      attachments: attachments.map(({ name, sha256 }) => ({ name, sha256 })),
    })),
  blobs: () =>
    emulator.azureDevOps
      .attachments()
      .map(({ id, fileName, sha256, complete, linkedTo }) => ({ id, fileName, sha256, complete, linkedTo })),
  sessions: () => emulator.sessions.map(({ offset, state }) => ({ offset, state })),
  ranges: () =>
    emulator.requests
      .filter(({ kind }) => kind === "range")
      .map(({ contentRange, status, fault }) => ({ contentRange, status, fault })),
  fault: (script) => emulator.fault(script),
  unusedFaults: () => emulator.unusedFaults().length,
});
