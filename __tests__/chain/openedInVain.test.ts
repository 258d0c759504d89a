import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { LargeAttachmentTask, withLargeAttachments } from "../../src/index.js";
import { clientOf, fileOf } from "../support/graph.js";

const large = fileOf(5_000_000);
let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => emulator.reset());
afterEach(() => void jest.restoreAllMocks());
afterAll(() => emulator.close());

/** A client whose sign-in fails while the item is listed, but only once the session is open. */
function failingToList() {
  const real = globalThis.fetch;
  jest.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    if ((init?.method ?? "GET") !== "GET") return real(input, init);
    while (!emulator.requests.some(({ kind }) => kind === "create")) await new Promise((go) => setTimeout(go, 5));
    throw new Error("The sign-in has expired.");
  });
  return withLargeAttachments(clientOf(emulator), { delay: 1, retries: 1 });
}

test.each(["attach", "a task"])(
  "a session that was opened while something else failed is discarded: %s",
  async (way) => {
    const { path } = emulator.addMessage();
    const client = failingToList();
    const work =
      way === "attach"
        ? client.api(path).attach(large, { name: "big.bin" })
        : LargeAttachmentTask.create(client, path, large, { name: "big.bin" });
    await expect(work).rejects.toThrow("The sign-in has expired.");
    expect(emulator.requests.map(({ kind }) => kind)).toEqual(["create", "cancel"]);
  },
);
