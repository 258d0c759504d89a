// The emulator in its own process. Every request takes as long as the parent says, from its last byte to its reply.
import { startEmulator } from "../../dist/esm/emulator/index.js";

const emulator = await startEmulator();
const { graphUrl, outlookUrl, token, ca } = emulator;
process.send({ graphUrl, outlookUrl, token, ca });
process.on("message", ({ reset, latency }) => {
  if (!reset) {
    const told = ({ kind, started, ended, status, path }) => ({ kind, started, ended, status, path });
    return process.send(emulator.requests.map(told));
  }
  emulator.reset();
  emulator.fault({ delay: latency, times: Infinity });
  // a message to reply to
  process.send(emulator.addMessage({ subject: "Hello", draft: false }).path);
});
process.on("disconnect", () => process.exit());
