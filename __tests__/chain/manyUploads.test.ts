import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { withLargeAttachments } from "../../src/index.js";
import { clientOf } from "../support/graph.js";

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterAll(() => emulator.close());

const MIB = 1_048_576;
const SIZE = 5_000_000;
const message = { subject: "Hello", toRecipients: [{ emailAddress: { address: "a@contoso.example" } }] };

/** Files that note how many of their bytes are held: read, and without a reply. */
function files() {
  let read = 0;
  let most = 0;
  const answered = () =>
    emulator.requests.reduce(
      (sum, { kind, status, bodyBytes }) => sum + (kind === "range" && status ? bodyBytes : 0),
      0,
    );
  const file = () => ({
    name: "a.bin",
    size: SIZE,
    slice(start: number, end: number) {
      read += end - start;
      most = Math.max(most, read - answered());
      return Buffer.alloc(end - start, "a");
    },
  });
  return { file, most: () => most, read: () => read };
}

test("many mails to many mailboxes at the same time hold a bounded part of their files in memory", async () => {
  emulator.fault({ on: { kind: "range" }, times: Infinity, delay: 30 });
  const client = withLargeAttachments(clientOf(emulator));
  const { file, most, read } = files();
  const mails = Array.from({ length: 24 }, (_, index) =>
    client.api(`/users/user${index}@contoso.example/sendMail`).withAttachments([file()]).post({ message }),
  );
  await Promise.all(mails);
  expect(emulator.mailbox.outbox()).toHaveLength(24);
  expect(read()).toBe(24 * SIZE); // nothing was read twice
  expect(most()).toBeLessThanOrEqual(32 * MIB); // 16 that are sent, 8 that were read ahead while there was room, and 8 early
  expect(most()).toBeGreaterThan(2 * SIZE); // and they do run at the same time
});

test("mailboxes that are throttled hold up no other, although their files wait to be sent", async () => {
  const own = await startEmulator({
    vary: { countOutlookRequests: true, mailboxUploadBytes: 4_500_000, retryAfterSeconds: 60 },
  });
  const throttled = new Set<string>();
  const stop = new AbortController();
  const client = withLargeAttachments(clientOf(own), {
    onWaiting: ({ reason, lane }) => void (reason === "throttled" && throttled.add(lane ?? "")),
    signal: stop.signal,
  });
  const { file } = files();
  const send = (user: string, one: ReturnType<typeof file>) =>
    client.api(`/users/${user}/sendMail`).withAttachments([one]).post({ message });
  // each fills its mailbox, and more of them wait than there is memory for
  const full = Array.from({ length: 8 }, (_, index) => send(`full${index}@contoso.example`, file()));
  while (throttled.size < 8) await new Promise((resolve) => setTimeout(resolve, 20));
  const small = { ...file(), size: 4_000_000 };
  await Promise.all([1, 2, 3].map((index) => send(`other${index}@contoso.example`, small)));
  expect(own.mailbox.outbox()).toHaveLength(3);
  stop.abort();
  const ended = await Promise.allSettled(full);
  expect(ended.map(({ status }) => status)).toEqual(Array(8).fill("rejected"));
  await own.close();
});
