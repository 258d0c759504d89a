/** This library keeps rules that the emulator relaxes for other clients, and clients learn what they have created. */
import type { Client, GraphError } from "@microsoft/microsoft-graph-client";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { defaultVariations } from "../../src/emulator/variations.js";
import { withLargeAttachments } from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

const large = fileOf(700_077);
const mailSized = fileOf(5_000_000);
const to = [{ emailAddress: { address: "a@contoso.example" } }];

let emulator: Emulator;
let client: Client;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => {
  emulator.reset();
  emulator.vary({ ...defaultVariations, driveUnknownProperties: "refuse" });
  client = withLargeAttachments(clientOf(emulator), { threshold: 9_999, rangeSize: 327_680, delay: 1, retries: 2 });
});
afterAll(() => emulator.close());

const status = (work: Promise<unknown>): Promise<number | undefined> =>
  work.then(
    () => undefined,
    ({ statusCode }: GraphError) => statusCode,
  );

test("a drive gets no property that it does not know, with all options, in small and large files", async () => {
  const fileSystemInfo = { lastModifiedDateTime: "2020-01-02T03:04:05Z" };
  const options = { description: "A report", fileSystemInfo };
  for (const [name, bytes] of [
    ["a.bin", large],
    ["b.bin", fileOf(100)],
  ] as const) {
    await client.api(`/me/drive/root:/${name}:`).attach(bytes, options);
    expect(emulator.drive.file(`/${name}`)).toMatchObject({
      sha256: sha256(bytes),
      description: "A report",
      fileSystemInfo,
    });
  }
  await client.api("/me/drive/root:/c.bin:").attach(large, { deferCommit: true });
  expect(emulator.drive.file("/c.bin").sha256).toBe(sha256(large));
});

test("a name that is taken is refused also where the service would replace the file if nothing was said", async () => {
  emulator.vary({ driveSessionDefault: "replace" });
  for (const bytes of [large, fileOf(100)]) {
    emulator.drive.addFile("/a.bin", fileOf(3));
    expect(await status(client.api("/me/drive/root:/a.bin:").attach(bytes))).toBe(409);
    expect(emulator.drive.file("/a.bin").size).toBe(3);
  }
});

describe.each([503, 504] as const)("a creation that answers %i though it is done", (createdFailure) => {
  beforeEach(() => emulator.vary({ createdFailures: 1, createdFailure }));

  test("does not send a mail twice, and leaves no second draft", async () => {
    const message = { subject: "s", toRecipients: to };
    await client
      .api("/me/sendMail")
      .withAttachments([new File([mailSized], "big.bin")])
      .post({ message });
    expect(emulator.mailbox.outbox().map(({ attachments }) => attachments.length)).toEqual([1]);
    expect(emulator.mailbox.drafts()).toEqual([]);
  });

  test("does not make an event twice", async () => {
    const start = { dateTime: "2030-01-01T10:00:00", timeZone: "UTC" };
    const event = { subject: "Meeting", start, end: start };
    await client
      .api("/me/events")
      .withAttachments([new File([mailSized], "big.bin")])
      .post(event);
    expect(emulator.events().map(({ attachments }) => attachments.length)).toEqual([1]);
  });

  test("does not attach a small file twice, and says that it may be there", async () => {
    const message = emulator.addMessage();
    const attached = client.api(`${message.path}/attachments`).attach(new File([fileOf(100)], "a.bin"));
    await expect(attached).rejects.toMatchObject({ code: "uncertain" });
    expect(emulator.attachments(message)).toHaveLength(1);
  });
});
