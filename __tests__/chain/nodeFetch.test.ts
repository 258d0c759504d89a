import { Agent } from "node:https";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { withLargeAttachments } from "../../src/index.js";
import { fileOf, sha256 } from "../support/graph";
import { everything, subjects, take } from "../support/subjects";

/** node-fetch 2, as isomorphic-fetch and cross-fetch install it. It writes each apostrophe of a URL as %27. */
type Web = Pick<typeof globalThis, "fetch" | "Headers" | "Request" | "Response">;
const nodes = jest.requireActual<Omit<Web, "fetch"> & { default(url: string, init: object): Promise<Response> }>(
  "node-fetch",
);
const real: Web = { fetch, Headers, Request, Response };
const sent: string[] = [];
let agent: Agent;
const old = (url: string, init: object) => {
  sent.push(url);
  return nodes.default(url, { ...init, agent });
};

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
  agent = new Agent({ ca: emulator.ca });
  const { Headers, Request, Response } = nodes;
  Object.assign(globalThis, { fetch: old, Headers, Request, Response });
});
afterAll(async () => {
  Object.assign(globalThis, real);
  agent.destroy();
  await emulator.close();
});

test.each(everything)("node-fetch 2 as the global fetch uploads to $name", async (subject) => {
  take(emulator, subject);
  const item = subject.add(emulator);
  const bytes = fileOf(3 * subject.range + 17);
  const client = withLargeAttachments(subject.client(emulator));
  const options = { ...subject.about, threshold: 9_999, rangeSize: subject.range, delay: 1, retries: 1 };
  if (!subject.name.endsWith("project")) emulator.fault({ on: { range: 2 }, reset: "after" }); // so that the status is asked for
  await client.api(item.path).attach(bytes, options);
  expect(subject.held(emulator, item)).toMatchObject([{ sha256: sha256(bytes), via: "session" }]);
});

test("node-fetch 2 cancels an upload at an upload URL with apostrophes", async () => {
  const { path } = emulator.addMessage();
  const client = withLargeAttachments(everything[0]!.client(emulator));
  emulator.fault({ on: { range: 2 }, status: 507 });
  const options = { name: "a.bin", threshold: 9_999, rangeSize: 40_000, delay: 1 };
  await expect(client.api(path).attach(fileOf(150_000), options)).rejects.toMatchObject({ statusCode: 507 });
  expect(emulator.sessions.at(-1)).toMatchObject({ state: "deleted" });
  expect(sent.some((url) => url.includes("'"))).toBe(true);
});

const spellings: Record<string, (url: string) => string> = {
  "lower-case digits": (url) => url.replace(/%[\dA-F]{2}/g, (code) => code.toLowerCase()),
  "%27 and lower-case digits": (url) =>
    url.replace(/'|%[\dA-F]{2}/g, (code) => (code === "'" ? "%27" : code.toLowerCase())),
  "%24 in names of the query": (url) => url.replace(/([?&])\$/g, "$1%24"),
  "%2C between values": (url) => url.replace(/\?.*/, (query) => query.replaceAll(",", "%2c")),
};

test.each(Object.keys(spellings))(
  "a fetch that writes every URL with %s uploads, and finds its drafts again",
  async (name) => {
    const respell = (url: string, init: object) => old(spellings[name]!(url), init);
    Object.assign(globalThis, { fetch: respell });
    try {
      for (const subject of everything) {
        take(emulator, subject);
        const item = subject.add(emulator);
        const bytes = fileOf(2 * subject.range + 17);
        const options = { ...subject.about, threshold: 9_999, rangeSize: subject.range, delay: 1, retries: 1 };
        await withLargeAttachments(subject.client(emulator)).api(item.path).attach(bytes, options);
        expect(subject.held(emulator, item)).toMatchObject([{ sha256: sha256(bytes) }]);
      }
      emulator.reset();
      const options = { threshold: 9_999, rangeSize: 327_680, delay: 1, retries: 1 };
      const drives = withLargeAttachments(subjects.find(({ name }) => name.includes("OneDrive"))!.client(emulator));
      await drives.api("/me/drive/root:/Reports/J%C3%BCli%20%26%20%2C.bin:").attach(fileOf(800_000), options);
      expect(emulator.drive.files().map(({ name }) => name)).toEqual(["Jüli & ,.bin"]);

      emulator.reset();
      emulator.fault({ on: { kind: "draft" }, reset: "after" });
      const client = withLargeAttachments(everything[0]!.client(emulator), { delay: 1 });
      const message = { subject: "Found again", toRecipients: [{ emailAddress: { address: "a@example.com" } }] };
      await client
        .api("/me/sendMail")
        .withAttachments([{ file: fileOf(4_000_000), name: "a.bin" }])
        .post({ message });
      expect([emulator.mailbox.outbox().length, emulator.mailbox.drafts().length]).toEqual([1, 0]);
    } finally {
      Object.assign(globalThis, { fetch: old });
    }
  },
);

test("an upload URL that is rewritten in any other way is still refused", async () => {
  const { path } = emulator.addMessage();
  const name = "a.bin";
  const client = everything[0]!.client(emulator);
  const AttachmentItem = { attachmentType: "file", name, size: 4_000_000 };
  const { uploadUrl } = await client.api(`${path}/attachments/createUploadSession`).post({ AttachmentItem });
  const status = async (url: string) => (await old(url, { method: "GET" })).status;
  expect(await status(uploadUrl)).toBe(200);
  expect(await status(uploadUrl.replaceAll("'", "%27"))).toBe(200);
  expect(await status(uploadUrl.replace("AttachmentSessions", "%41ttachmentSessions"))).toBe(400);
});
