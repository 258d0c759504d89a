import type { FaultScript, RequestKind } from "../../../src/emulator/index";
import { bytes, open, part, read, sendAll, unit, useDrive } from "./support";

const bench = useDrive();
const { graph, send } = bench;
afterEach(() => bench.emulator.verifyFaults());

const file = "/me/drive/root:/a.zip:";
/** Sends a request of each kind, with a session where one is needed. */
const requests: readonly [RequestKind, (url: string) => Promise<Response>][] = [
  ["create", () => graph("POST", "/me/drive/root:/b.zip:/createUploadSession")],
  ["range", (url) => send(url, part(0, unit))],
  ["status", (url) => send(url)],
  ["cancel", (url) => send(url, { method: "DELETE" })],
  ["commit", (url) => send(url, { method: "POST" })],
  ["commit", () => graph("PUT", "/me/drive/root", {})],
  ["post", () => graph("PUT", "/me/drive/root:/b.zip:/content", "text")],
  ["read", () => graph("GET", "/me/drive/root")],
  ["read", () => graph("GET", "/me/drive/root:/b.zip:/content")],
  ["list", () => graph("GET", "/me/drive/root/children")],
  ["folder", () => graph("POST", "/me/drive/root/children", {})],
  ["share", () => graph("POST", "/me/drive/root/createLink", {})],
  ["share", () => graph("POST", "/me/drive/root/invite", {})],
  ["remove", () => graph("DELETE", "/me/drive/root:/b.zip")],
  ["item", () => graph("GET", "/me/drive")],
];

test.each(requests)("a fault can select %s", async (kind, request) => {
  const url = await open(bench, file);
  bench.emulator.fault({ on: { kind }, status: 503, headers: { "Retry-After": "1" } });
  const response = await request(url);
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
  expect((await request(url)).status).not.toBe(503);
});

test.each<[string, FaultScript, number | "lost", number]>([
  ["is lost on its head", { reset: "before" }, "lost", 0],
  ["is lost midway", { reset: "midway" }, "lost", 0],
  ["is lost after it was taken", { reset: "after" }, "lost", unit],
  ["has its answer cut", { cutReply: true }, "lost", unit],
  ["is answered with 500, though it was taken", { status: 500, after: true }, 500, unit],
  ["is answered with 500, and not taken", { status: 500 }, 500, 0],
])("after a range that %s, the session can continue", async (_what, script, outcome, offset) => {
  const url = await open(bench, file);
  bench.emulator.fault({ on: { kind: "range" }, ...script });
  const seen = await send(url, part(0, unit))
    .then((response) => response.text().then(() => response.status))
    .catch(() => "lost");
  expect(seen).toBe(outcome);
  expect(await read(send(url))).toMatchObject({ nextExpectedRanges: [`${offset}-`] });
  for (let start = offset; start < bytes.length; start += unit) {
    await send(url, part(start, Math.min(start + unit, bytes.length)));
  }
  expect(bench.emulator.drive.file("/a.zip").bytes.equals(bytes)).toBe(true);
});

test("a lost answer to the last byte leaves the file in the drive", async () => {
  const url = await open(bench, file);
  bench.emulator.fault({ on: { range: "last" }, reset: "after" });
  await expect(sendAll(bench, url)).rejects.toThrow();
  expect((await send(url)).status).toBe(404);
  expect(await read(graph("GET", "/me/drive/root:/a.zip"))).toMatchObject({ size: bytes.length });
});
