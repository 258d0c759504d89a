// The emulator in its own process, with the limits of mailboxes, on a clock that runs faster.
// Arguments: how many times faster. Messages: "seen" answers what has arrived.
import { startEmulator } from "../../dist/esm/emulator/index.js";

const SCALE = Number(process.argv[2]);
const NONE = Buffer.alloc(0);
/** Milliseconds after which the bytes of mails that were sent are let go of. */
const TIDY = 250;

const began = Date.now();
const emulator = await startEmulator({
  now: () => began + (Date.now() - began) * SCALE,
  vary: { countOutlookRequests: true, retryAfterFits: true },
});
const { graphUrl, token, ca, requests } = emulator;
const seen = { mails: 0, bytes: 0, statuses: {} };

/** Counts the mails that were sent and the answers, and lets go of what is no longer needed. */
function tidy() {
  for (const { attachments } of emulator.mailbox.outbox().slice(seen.mails)) {
    seen.mails++;
    for (const attachment of attachments) {
      seen.bytes += attachment.bytes.length;
      attachment.bytes = NONE;
    }
  }
  for (const { status } of requests) if (status) seen.statuses[status] = (seen.statuses[status] ?? 0) + 1;
  const open = requests.filter(({ status }) => !status);
  requests.splice(0, requests.length, ...open);
}
setInterval(tidy, TIDY).unref();

process.on("message", () => {
  tidy();
  process.send(seen);
});
process.on("disconnect", () => void emulator.close().then(() => process.exit()));
process.send({ graphUrl, token, ca });
