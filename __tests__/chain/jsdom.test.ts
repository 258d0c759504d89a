/** @jest-environment ./__tests__/chain/support/pageEnvironment.cjs */
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { LargeAttachmentTask, localStorageCheckpoints, withLargeAttachments } from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

/** A page of Jest's jsdom: its `File`, its `localStorage`, and no `crypto.subtle`. */
let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => {
  emulator.reset();
  localStorage.clear();
});
afterAll(() => emulator.close());

const bytes = fileOf(5_000_000);
const other = fileOf(5_000_000).reverse();
const file = (content = bytes) => new File([content], "report.pdf", { lastModified: 1 });
const client = () => withLargeAttachments(clientOf(emulator), { delay: 1, retries: 0 });
const held = (item: { readonly id: string; readonly path: string }) =>
  emulator.attachments(item).map((one) => one.sha256);
const ranges = () => emulator.requests.filter(({ kind, fault }) => kind === "range" && !fault).length;

test("this page has no crypto.subtle", () => {
  expect(globalThis.crypto?.subtle).toBeUndefined();
});

test("a page without crypto.subtle resumes an upload by its checkpoints", async () => {
  const item = emulator.addMessage();
  const checkpoints = localStorageCheckpoints();
  emulator.fault({ on: { kind: "range", range: 1 }, reset: "before" });
  await expect(client().api(item.path).attach(file(), { checkpoints })).rejects.toMatchObject({ code: "interrupted" });
  expect(localStorage).toHaveLength(1);
  expect(ranges()).toBe(1);
  await client().api(item.path).attach(file(), { checkpoints });
  expect([held(item), ranges(), localStorage.length]).toEqual([[sha256(bytes)], 2, 2]);
});

test("a page without crypto.subtle stores a task, and restores it with the same file only", async () => {
  const item = emulator.addMessage();
  const stop = new AbortController();
  const task = await LargeAttachmentTask.create(client(), item.path, file());
  const onProgress = () => stop.abort();
  await expect(task.upload({ signal: stop.signal, onProgress })).rejects.toMatchObject({ name: "AbortError" });
  const session = JSON.parse(JSON.stringify(task.session));
  const restore = (content: typeof bytes) => LargeAttachmentTask.restore(client(), session, file(content));
  await expect(restore(other).then((restored) => restored.resume())).rejects.toMatchObject({ code: "otherFile" });
  await (await restore(bytes)).resume();
  expect(held(item)).toEqual([sha256(bytes)]);
});

test("a page without crypto.subtle sends a large mail", async () => {
  const toRecipients = [{ emailAddress: { address: "adele@contoso.com" } }];
  await client()
    .api("/me/sendMail")
    .withAttachments([file()])
    .post({ message: { subject: "The report", toRecipients } });
  const [mail, ...others] = emulator.mailbox.outbox();
  expect(mail!.attachments.map((one) => one.sha256)).toEqual([sha256(bytes)]);
  expect(others).toEqual([]);
});
