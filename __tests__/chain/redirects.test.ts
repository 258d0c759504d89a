/** Redirects by Graph, with the real Graph client against the emulator. */
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import { defaultVariations } from "../../src/emulator/variations.js";
import { withLargeAttachments } from "../../src/index.js";
import { clientOf, fileOf, sha256 } from "../support/graph.js";

const unit = 327_680;
const file = fileOf(2 * unit + 77);
const small = fileOf(100);
const options = { threshold: 9_999, rangeSize: unit, delay: 1, retries: 3 };

let emulator: Emulator;
beforeAll(async () => void (emulator = await startEmulator()));
beforeEach(() => (emulator.reset(), emulator.vary(defaultVariations)));
afterEach(() => emulator.verifyFaults());
afterAll(() => emulator.close());

const client = () => withLargeAttachments(clientOf(emulator), options);
const places = {
  "a drive": () => "/me/drive/root:/a.bin:",
  "a message": () => emulator.addMessage().path,
  "a task": () => emulator.addTask().path,
};

describe.each(Object.entries(places))("a redirect by Graph, to %s,", (_, add) => {
  test.each([
    ["a session", file],
    ["one request", small],
  ])("within its own origin is followed, with token and body: %s", async (_way, bytes) => {
    emulator.vary({ graphRedirect: "within" });
    await client().api(add()).attach(bytes, { name: "a.bin" });
    const posted = emulator.requests.filter(({ method, status }) => /POST|PUT/.test(method) && status && status < 300);
    expect(posted.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)).toBeGreaterThanOrEqual(bytes.length);
    expect(emulator.requests.filter(({ origin, authorized }) => origin === "graph" && !authorized)).toEqual([]);
  });

  test.each([
    ["a session", file],
    ["one request", small],
  ])("to elsewhere is not followed, and says that the site has moved: %s", async (_way, bytes) => {
    const path = add();
    emulator.vary({ graphRedirect: "elsewhere" });
    const attaching = client().api(path).attach(bytes, { name: "a.bin" });
    await expect(attaching).rejects.toMatchObject({
      statusCode: 308,
      message: expect.stringContaining("The site has moved; look its id up again"),
    });
    expect(emulator.requests).toHaveLength(1);
  });

  test("to Throttle.htm is waited for", async () => {
    const path = add();
    emulator.vary({ throttleRedirects: 2 });
    await client().api(path).attach(file, { name: "a.bin" });
    expect(emulator.requests.filter(({ status }) => status === 302)).toHaveLength(2);
  });
});

test("a range that is redirected to Throttle.htm is sent again in the same session", async () => {
  const headers = { location: "https://contoso.sharepoint.com/_layouts/15/Throttle.htm" };
  emulator.fault({ on: { kind: "range", range: 1 }, status: 302, headers });
  await client().api("/me/drive/root:/a.bin:").attach(file);
  expect(emulator.requests.filter(({ kind }) => kind === "create")).toHaveLength(1);
  expect(emulator.drive.file("/a.bin").sha256).toBe(sha256(file));
});

test("a redirect that never ends is refused", async () => {
  emulator.fault({ on: { kind: "create" }, status: 307, headers: { location: "/v1.0/me/drive/root:/a.bin:/createUploadSession" }, times: 6 }); // prettier-ignore
  await expect(client().api("/me/drive/root:/a.bin:").attach(file)).rejects.toMatchObject({ statusCode: 307 });
});
