import type { Client } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { LargeAttachmentTask, withLargeAttachments } from "../../src/index.js";
import { clientOf, fileOf } from "../support/graph.js";

const large = fileOf(5_000_000);
const to = [{ emailAddress: { address: "a@example.com" } }];
const files = [{ file: large, name: "big.bin" }];
const KEY = "subscription-key=a%2Fb";

let emulator: Emulator;
let client: Client;
let sent: { readonly method: string; readonly url: URL }[];
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => {
  emulator.reset();
  sent = [];
  const real = globalThis.fetch;
  jest.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    sent.push({ method: init?.method ?? "GET", url: new URL(String(input)) });
    return real(input, init);
  });
  client = withLargeAttachments(clientOf(emulator), { delay: 1, retries: 2 });
});
afterEach(() => void jest.restoreAllMocks());
afterAll(() => emulator.close());

const ways: [string, () => Promise<unknown>][] = [
  [
    "sendMail",
    () =>
      client
        .api(`/me/sendMail?${KEY}`)
        .withAttachments(files)
        .post({ message: { subject: "x", toRecipients: to } }),
  ],
  [
    "an intercepted sendMail",
    () => {
      const attachments = [
        { "@odata.type": "#microsoft.graph.fileAttachment", name: "a", contentBytes: large.toString("base64") },
      ];
      return client.api(`/me/sendMail?${KEY}`).post({ message: { subject: "x", toRecipients: to, attachments } });
    },
  ],
  ["messages", () => client.api(`/me/messages?${KEY}&$select=id`).withAttachments(files).post({ subject: "x" })],
  ["events", () => client.api(`/me/events?${KEY}`).withAttachments(files).post({ subject: "x", attendees: to })],
  [
    "a chat",
    () =>
      client
        .api(`/chats/${emulator.teams.addChat().id}/messages?${KEY}`)
        .withAttachments(files)
        .post({ body: { content: "x" } }),
  ],
  ["attach", () => client.api(`${emulator.addMessage().path}?${KEY}`).attach(large, { name: "big.bin" })],
  [
    "a file over the limit",
    () =>
      client
        .api(`${emulator.addMessage().path}?${KEY}`)
        .attach(large, { name: "big.bin", overflow: "link", maxSize: 1_000 }),
  ],
  [
    "a task",
    async () =>
      (
        await LargeAttachmentTask.create(client, `${emulator.addMessage().path}?${KEY}`, large, { name: "big.bin" })
      ).upload(),
  ],
];

test.each(ways)(
  "a gateway's key in the URL goes along with every request to the API, once, and to no upload host: %s",
  async (_, work) => {
    await work();
    const api = new URL(emulator.clientOptions.baseUrl!).origin;
    const [own, others] = [sent.filter(({ url }) => url.origin === api), sent.filter(({ url }) => url.origin !== api)];
    expect(own.length).toBeGreaterThan(1);
    for (const { url } of own) expect([url.pathname, url.search.split(KEY).length]).toEqual([url.pathname, 2]);
    for (const { url } of others) expect(url.search).not.toContain("subscription-key");
    expect(others.length).toBeGreaterThan(0);
  },
);
