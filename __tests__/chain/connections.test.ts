import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { withLargeAttachments } from "../../src/index.js";
import { clientOf, fileOf } from "../support/graph.js";

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
afterAll(() => emulator.close());

/** Node's own fetch tells of each connection that it opens. */
const CONNECTED = "undici:client:connected";

test.each([
  ["a message", (): string => emulator.addMessage().path, "outlook"],
  ["a folder of a drive", (): string => "/me/drive/root/children", "drive"],
] as const)("all ranges to %s go over one connection, which is then fast", async (_, path, origin) => {
  const ports: string[] = [];
  const note = (message: unknown) =>
    void ports.push((message as { connectParams: { port: string } }).connectParams.port);
  subscribe(CONNECTED, note);
  try {
    const options = { name: "a.bin", rangeSize: 327_680 };
    await withLargeAttachments(clientOf(emulator)).api(path()).attach(fileOf(6_000_000), options);
  } finally {
    unsubscribe(CONNECTED, note);
  }
  const { port } = new URL(origin === "drive" ? emulator.driveUrl : (emulator.sessions.at(-1)?.uploadUrl ?? ""));
  expect(ports.filter((one) => one === port)).toHaveLength(1);
});
