import { createHash, randomFillSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator, type Emulator, type Item } from "../../src/emulator/index";
import type { PageCalls } from "./page";
import { engines, type Engine, type Tab } from "./support/engine";
import { startSite, type Site } from "./support/site";
import { until } from "./support/until";
import type { Target } from "./upload";

type PageState = ReturnType<PageCalls["state"]>;

const MB = 1_000_000;
const RANGE = 3_932_160;
let emulator: Emulator;
let site: Site;
let folder: string;

beforeAll(async () => {
  emulator = await startEmulator();
  site = await startSite();
  folder = await mkdtemp(join(tmpdir(), "browser-"));
});
afterEach(() => {
  emulator.reset();
  emulator.vary({ cors: "strict" });
});
afterAll(async () => {
  await Promise.all([emulator.close(), site.close(), rm(folder, { recursive: true })]);
});

/** A file on the disk to pick, and the SHA-256 of its bytes. */
async function fileOf(size: number): Promise<{ path: string; sha256: string }> {
  const bytes = randomFillSync(Buffer.alloc(size));
  const path = join(folder, `${size / MB} MB.bin`);
  await writeFile(path, bytes);
  return { path, sha256: createHash("sha256").update(bytes).digest("hex") };
}

const targetOf = ({ path }: Item): Target => ({ graphUrl: emulator.graphUrl, token: emulator.token, path });
const stateOf = (tab: Tab): Promise<PageState> => tab.call<PageState>("state");
const ranges = () => emulator.requests.filter(({ kind }) => kind === "range");

/** Waits for the end of an upload; its failure is the test's. */
function attached(tab: Tab): Promise<PageState & { attachment: object }> {
  return until(
    "the attachment",
    async () => {
      const state = await stateOf(tab);
      if (state.error) throw new Error(`The upload has failed: ${JSON.stringify(state.error)}`);
      return state.attachment && (state as PageState & { attachment: object });
    },
    100,
  );
}

/** Lets a range hang: nothing of it is kept, and no answer comes. */
const hangAt = (range: number) => emulator.fault({ on: { kind: "range", range }, hang: true });
const hangs = (range: number) =>
  until(`range ${range} hangs`, () =>
    ranges().some(({ fault, bodyBytes }) => fault !== undefined && bodyBytes === RANGE),
  );

describe.each(Object.entries(engines))("%s", (name, start) => {
  let engine: Engine;
  let tab: Tab;

  beforeAll(async () => void (engine = await start()), 60_000);
  beforeEach(async () => void (tab = await engine.open(site.url)));
  afterEach(() => tab.close());
  afterAll(() => engine?.close());

  /**
   * Cuts the network, or where the driver cannot, has the page believe it and every request of a page fail. Broken
   * connections would not do: WebKit's network process sends such a request again by itself.
   */
  async function offline(is: boolean): Promise<void> {
    if (tab.offline) return tab.offline(is);
    await tab.call("claimOnline", !is);
    emulator.vary({ cors: is ? "off" : "strict" });
  }

  test("an intercepted POST is whole, and its id is found although the upload host hides Location", async () => {
    const message = emulator.addMessage();
    await tab.call("post", targetOf(message), 5 * MB);
    const { attachment, sha256 } = await attached(tab);
    const [stored, ...others] = emulator.attachments(message);
    expect([others.length, stored!.via, stored!.sha256]).toEqual([0, "session", sha256]);
    expect(attachment).toMatchObject({ id: stored!.id, name: "report.pdf" });
    expect(emulator.requests.at(-1)!.kind).toBe("list"); // where the id comes from instead
  });

  test("the upload host is asked for two headers and gets neither token nor a client's own headers", async () => {
    const { path } = await fileOf(5 * MB);
    const message = emulator.addMessage();
    await tab.pick(path);
    await tab.call("attach", targetOf(message));
    await attached(tab);
    const sent = emulator.requests.filter(({ origin }) => origin === "outlook");
    const asked = sent.filter(({ kind }) => kind === "preflight");
    expect(new Set(asked.map(({ headers }) => headers["access-control-request-headers"]))).toEqual(
      new Set(["content-range,content-type"]),
    );
    const names = ranges().flatMap(({ headers }) => Object.keys(headers));
    expect(names).toContain("content-range");
    expect(names.filter((header) => /authorization|sdkversion|client-request-id|prefer/.test(header))).toEqual([]);
  });

  test("To Do gets its ranges on the Graph origin, with the token", async () => {
    const { path, sha256 } = await fileOf(10 * MB);
    const task = emulator.addTask();
    await tab.pick(path);
    await tab.call("attach", targetOf(task));
    const { attachment } = await attached(tab);
    const [stored] = emulator.attachments(task);
    expect([stored!.sha256, stored!.id]).toEqual([sha256, attachment.id]);
    expect(ranges().map(({ origin, authorized }) => [origin, authorized])).toEqual(Array(3).fill(["graph", true]));
  });

  test("a picked file of 100 MB goes up with bounded memory and rising progress", async () => {
    const { path, sha256 } = await fileOf(100 * MB);
    const message = emulator.addMessage();
    await tab.pick(path);
    await tab.call("attach", targetOf(message));
    const { progress, heap } = await attached(tab);
    expect(emulator.attachments(message).map((stored) => stored.sha256)).toEqual([sha256]);
    const loaded = progress.map((event) => event.loaded);
    expect(loaded).toEqual([...new Set(loaded)].sort((one, other) => one - other));
    expect([loaded.length, progress.at(-1)]).toEqual([26, { loaded: 100 * MB, total: 100 * MB }]);
    if (name === "Chromium") expect(heap).toBeGreaterThan(0); // the others do not tell
    expect(heap).toBeLessThan(5 * RANGE);
  });

  test("an abort ends it at once, and the service is told to forget it", async () => {
    const { path } = await fileOf(20 * MB);
    const message = emulator.addMessage();
    hangAt(2);
    await tab.pick(path);
    await tab.call("attach", targetOf(message));
    await hangs(2);
    await tab.call("abort");
    const error = await until("the abort", async () => (await stateOf(tab)).error);
    expect(error.name).toBe("AbortError");
    await until("the session is deleted", () => emulator.sessions[0]!.state === "deleted");
    expect(emulator.attachments(message)).toEqual([]);
  });

  test("a tab that is closed in the middle leaves no attachment, and another tab can attach", async () => {
    const { path, sha256 } = await fileOf(20 * MB);
    const message = emulator.addMessage();
    hangAt(2);
    await tab.pick(path);
    await tab.call("attach", targetOf(message));
    await hangs(2);
    const other = await engine.open(site.url);
    await tab.close();
    tab = other;
    expect([emulator.attachments(message).length, emulator.sessions[0]!.offset]).toEqual([0, 2 * RANGE]);
    await tab.pick(path);
    await tab.call("attach", targetOf(message));
    await attached(tab);
    expect(emulator.attachments(message).map((stored) => stored.sha256)).toEqual([sha256]);
  });

  test("a page that was reloaded goes on where it was, with the file picked again", async () => {
    const { path, sha256 } = await fileOf(20 * MB);
    const message = emulator.addMessage();
    hangAt(3);
    await tab.pick(path);
    await tab.call("upload", targetOf(message));
    await hangs(3);
    await tab.reload();
    expect(await tab.call("stored")).toMatchObject({ offset: 3 * RANGE });
    await tab.pick(path);
    await tab.call("resume", targetOf(message));
    const { attachment } = await attached(tab);
    const stored = emulator.attachments(message);
    expect(stored.map(({ id, sha256 }) => [id, sha256])).toEqual([[attachment.id, sha256]]);
    expect(ranges().filter(({ contentRange }) => contentRange?.startsWith("bytes 0-"))).toHaveLength(1);
  });

  test("offline in the middle, it waits for the network instead of using up its retries", async () => {
    const { path, sha256 } = await fileOf(50 * MB);
    const message = emulator.addMessage();
    emulator.fault({ on: { kind: "range" }, delay: 300, times: 4 });
    await tab.pick(path);
    await tab.call("attach", targetOf(message), { retries: 1, delay: 1 });
    await until("bytes move", async () => (await stateOf(tab)).progress.length > 0);
    await offline(true);
    await until("it waits for the network", async () => (await stateOf(tab)).waits);
    expect((await stateOf(tab)).error).toBeUndefined();
    await offline(false);
    await attached(tab);
    expect(emulator.attachments(message).map((stored) => stored.sha256)).toEqual([sha256]);
  });

  test("a connection that breaks after a range was stored doubles nothing, though WebKit repeats it by itself", async () => {
    const { path, sha256 } = await fileOf(20 * MB);
    const message = emulator.addMessage();
    const broken = [1, "last"] as const;
    emulator.fault(...broken.map((range) => ({ on: { kind: "range", range }, reset: "after" }) as const));
    await tab.pick(path);
    await tab.call("attach", targetOf(message));
    const { attachment } = await attached(tab);
    expect(emulator.attachments(message).map(({ id, sha256 }) => [id, sha256])).toEqual([[attachment.id, sha256]]);
    emulator.verifyFaults();
  });

  test("a file that is gone from the disk is told as such, and not tried again like a lost connection", async () => {
    const { path } = await fileOf(20 * MB);
    const message = emulator.addMessage();
    await tab.pick(path);
    expect(await tab.call("size")).toBe(20 * MB); // Chromium looks when it is first asked, and takes a file that is gone for empty
    await rm(path);
    await tab.call("attach", targetOf(message));
    const error = await until("the error", async () => (await stateOf(tab)).error);
    expect(error).toMatchObject({ name: "UploadError", code: "source" });
    expect(emulator.attachments(message)).toEqual([]);
  });

  test("a file that goes from the disk in the middle is told as such at once, and nothing of it is left", async () => {
    const { path } = await fileOf(20 * MB);
    const message = emulator.addMessage();
    emulator.fault({ on: { kind: "range", range: "first" }, delay: 1_000 });
    await tab.pick(path);
    await tab.call("attach", targetOf(message));
    await until("the first range", () => ranges().length > 0);
    await rm(path);
    const error = await until("the error", async () => (await stateOf(tab)).error);
    expect(error).toMatchObject({ name: "UploadError", code: "source" });
    await until("the session is deleted", () => emulator.sessions[0]!.state === "deleted");
    expect(emulator.attachments(message)).toEqual([]);
  });

  test("a tab behind another one goes on, also where it has to wait for a retry", async () => {
    const { path, sha256 } = await fileOf(20 * MB);
    const message = emulator.addMessage();
    emulator.fault({ on: { kind: "range", range: 3 }, status: 503 });
    await tab.pick(path);
    await tab.hide();
    await until("the tab is hidden", () => tab.call<boolean>("isHidden"));
    await tab.call("attach", targetOf(message));
    const { hidden } = await attached(tab);
    expect([hidden, emulator.attachments(message)[0]!.sha256]).toEqual([true, sha256]);
    expect(emulator.unusedFaults()).toEqual([]);
  });

  test("a page whose files are gone from the server says so, sends nothing, and attaches once they are back", async () => {
    const { path, sha256 } = await fileOf(5 * MB);
    const message = emulator.addMessage();
    site.lose(true);
    await tab.pick(path);
    await tab.call("attach", targetOf(message));
    const error = await until("the failure", async () => (await stateOf(tab)).error);
    expect([error.name, error.code, emulator.requests]).toEqual(["UploadError", "notLoaded", []]);
    site.lose(false);
    if (name === "Firefox") await tab.reload(); // it remembers that an import has failed
    await tab.pick(path);
    await tab.call("attach", targetOf(message));
    await until("the attachment", async () => (await stateOf(tab)).attachment);
    expect(emulator.attachments(message).map((stored) => stored.sha256)).toEqual([sha256]);
  });

  test("a worker does the whole of it, without a page's help", async () => {
    const { path, sha256 } = await fileOf(20 * MB);
    const message = emulator.addMessage();
    await tab.pick(path);
    await tab.call("work", targetOf(message));
    const { attachment, progress } = await attached(tab);
    expect(emulator.attachments(message).map(({ id, sha256 }) => [id, sha256])).toEqual([[attachment.id, sha256]]);
    expect(progress.at(-1)).toEqual({ loaded: 20 * MB, total: 20 * MB });
  });
});
