// Sends many mails with files from one process, on a clock that runs as fast as that of the emulator.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Client } from "@microsoft/microsoft-graph-client";
import { withLargeAttachments } from "../../dist/esm/index.js";
import { rangeFetch } from "../../dist/esm/node/index.js";

/** Milliseconds in which the loop is watched before it has work. */
const IDLE = 2_000;
/** Bytes that are read again and again, as of files on a disk. */
const CONTENT = Buffer.alloc(4_194_304, "file ");

/** Mails that are begun in one turn of the event loop. */
const TOGETHER = 10;
/** The files that bare `fetch` sends at the same time to measure the rate of the line. */
const BARE = { files: 8, size: 33_554_432, range: 3_932_160 };

/** `mails`: mailbox and bytes of each. All of them are sent at the same time. `scale`: how fast the clock runs. `own`: ranges go over `rangeFetch`. */
export function all({ graphUrl, token, mails, scale, own }) {
  const throttles = [];
  const onWaiting = ({ reason, lane }) => reason === "throttled" && throttles.push({ lane, time: performance.now() });
  const client = withLargeAttachments(
    Client.init({
      baseUrl: graphUrl,
      customHosts: new Set(["localhost"]),
      authProvider: (done) => done(null, token),
    }),
    { onWaiting, ...(own ? { fetch: rangeFetch() } : {}) },
  );
  const send = ({ mailbox, size }) =>
    client
      .api(`/users/${mailbox}/sendMail`)
      .withAttachments([{ file: fileOf(size), name: "file.bin" }])
      .post({ message: { subject: "A file", toRecipients: [{ emailAddress: { address: "adele@contoso.example" } }] } });
  const warmUp = () => send({ mailbox: "warm.up@contoso.example", size: 5_000_000 });
  const work = async () => {
    const idle = await longestStop(() => new Promise((resolve) => setTimeout(resolve, IDLE)));
    speedUp(scale);
    const failures = [];
    const began = performance.now();
    const stop = await longestStop(async () => {
      const sent = [];
      for (const mail of mails) {
        sent.push(send(mail).catch((error) => failures.push(error.message)));
        if (sent.length % TOGETHER === 0) await new Promise(setImmediate);
      }
      await Promise.all(sent);
    });
    const time = performance.now() - began;
    return { measured: { time, idle, stop, failures, throttles } };
  };
  return { warmUp, work };
}

/** Measures the rate of bare `fetch` in a process of its own, so that its memory is not counted with that of the mails. */
export function bare({ graphUrl, token, scale }) {
  return { work: async () => ({ measured: { rate: (await bareRate(graphUrl, token)) / scale } }) };
}

/** Bytes per millisecond of bare `fetch`, with a few uploads at the same time, each to a mailbox of its own. */
async function bareRate(graphUrl, token) {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
  const post = async (url, body) => (await fetch(url, { method: "POST", headers, body: JSON.stringify(body) })).json();
  const upload = async (_, index) => {
    const messages = `${graphUrl}v1.0/users/bare${index}@contoso.example/messages`;
    const { id } = await post(messages, { subject: "" });
    const AttachmentItem = { attachmentType: "file", name: "file.bin", size: BARE.size };
    const { uploadUrl } = await post(`${messages}/${id}/attachments/createUploadSession`, { AttachmentItem });
    for (let start = 0; start < BARE.size; start += BARE.range) {
      const body = CONTENT.subarray(0, Math.min(BARE.range, BARE.size - start));
      const range = `bytes ${start}-${start + body.length - 1}/${BARE.size}`;
      const given = { "Content-Type": "application/octet-stream", "Content-Range": range };
      const reply = await fetch(uploadUrl, { method: "PUT", headers: given, body });
      if (!reply.ok) throw new Error(`The emulator answered ${reply.status} to bare fetch.`);
      await reply.arrayBuffer();
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: BARE.files }, upload));
  return (BARE.files * BARE.size) / (performance.now() - began);
}

/** A file that is read when it is sent. */
function fileOf(size) {
  return { size, slice: (start, end) => CONTENT.subarray(0, end - start) };
}

/** Milliseconds that the event loop was stopped at most while something ran. */
async function longestStop(run) {
  const delays = monitorEventLoopDelay({ resolution: 5 });
  delays.enable();
  await run();
  delays.disable();
  return delays.max / 1e6;
}

/** Lets the timers and the monotonic clock of this process run faster. */
function speedUp(scale) {
  const { setTimeout: wait, performance: clock } = globalThis;
  const now = clock.now.bind(clock);
  globalThis.setTimeout = (run, milliseconds = 0, ...more) => wait(run, milliseconds / scale, ...more);
  Object.defineProperty(clock, "now", { value: () => now() * scale });
}
