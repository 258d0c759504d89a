import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { LargeAttachmentTask, withLargeAttachments } from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

const large = fileOf(5_000_000);
let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterEach(() => void jest.restoreAllMocks());
afterAll(() => emulator.close());

const kinds = () => emulator.requests.map(({ kind }) => kind);

/** A client whose sign-in fails while the item is listed, which is done only once the session is open. */
function failingToList() {
  const real = globalThis.fetch;
  const listed = jest.fn(() => Promise.reject(new Error("The sign-in has expired.")));
  jest.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    if ((init?.method ?? "GET") !== "GET") return real(input, init);
    expect(kinds()).toContain("create");
    return listed();
  });
  return { client: withLargeAttachments(clientOf(emulator), { delay: 1, retries: 1 }), listed };
}

test("a task whose list fails discards the session that it has opened", async () => {
  const { path } = emulator.addMessage();
  const { client, listed } = failingToList();
  const work = LargeAttachmentTask.create(client, path, large, { name: "big.bin" });
  await expect(work).rejects.toThrow("The sign-in has expired.");
  expect(listed).toHaveBeenCalledTimes(1);
  expect(kinds()).toEqual(["create", "cancel"]);
});

test("attach uploads the file all the same, once, and in the session that it has opened", async () => {
  const item = emulator.addMessage();
  const { client, listed } = failingToList();
  await client.api(item.path).attach(large, { name: "big.bin" });
  expect(listed).toHaveBeenCalledTimes(1);
  expect(kinds()).toEqual(["create", "range", "range"]);
  expect(emulator.attachments(item).map((one) => one.sha256)).toEqual([sha256(large)]);
});

test.each(["attach", "a task"])("nothing is listed where no session is opened: %s", async (way) => {
  const { path } = emulator.addMessage();
  const { client, listed } = failingToList();
  const body = { error: { code: "ErrorAccessDenied", message: "No." } };
  emulator.fault({ on: { kind: "create" }, status: 403, body });
  const work =
    way === "attach"
      ? client.api(path).attach(large, { name: "big.bin" })
      : LargeAttachmentTask.create(client, path, large, { name: "big.bin" });
  await expect(work).rejects.toMatchObject({ statusCode: 403 });
  expect(listed).not.toHaveBeenCalled();
  expect(kinds()).toEqual(["create"]);
});
