import type { HostSettings } from "../../samples/outlook-addin/stub/host.js";
import {
  attachToItem,
  blockSendWhileAttaching,
  outlookHost,
  outlookLimits,
  untilShown,
  type ItemAttachment,
} from "../../src/outlook/index.js";
import { fileOf } from "../support/graph.js";
import { outlook } from "./support.js";

const world = outlook();
const bytes = fileOf(100_000);
/** Sent by Graph, because Office.js cannot set a content id. */
const viaGraph = { isInline: true, contentId: "own" };

/** Acts as Outlook does when the user selects Send. */
const send = () =>
  new Promise<{ allowEvent: boolean; errorMessage?: string }>((completed) => blockSendWhileAttaching({ completed }));
/** Waits until an upload has begun. */
const until = async (found: () => unknown) => {
  while (!found()) await new Promise((resolve) => setTimeout(resolve, 2));
};

describe("an attachment that Graph has added", () => {
  test("is shown as soon as the window has noticed it", async () => {
    const { item } = world.open({ noticesAfter: 50 });
    const attached = await attachToItem(world.client(), item, bytes, { ...viaGraph, name: "a.png" });
    expect(attached.shown).toBe(false);
    expect(await untilShown(item, attached)).toBe(true);
  });

  test.each<[string, HostSettings]>([
    ["the window never notices it", {}],
    ["the host cannot say (Mailbox 1.7)", { noticesAfter: 0, sets: { Mailbox: "1.7" } }],
  ])("is not called shown if %s", async (_, settings) => {
    const { item } = world.open(settings);
    const attached = await attachToItem(world.client(), item, bytes, { ...viaGraph, name: "a.png" });
    expect(attached).toMatchObject({ shown: false, advice: expect.stringContaining("doesn’t show it yet") });
    expect(await untilShown(item, attached, { timeout: 1 })).toBe(false);
  });

  test("is another one than a file of the same name that the window shows already", async () => {
    const { item } = world.open();
    await attachToItem(world.client(), item, bytes, { name: "a.png" });
    const attached = await attachToItem(world.client(), item, bytes, { ...viaGraph, name: "a.png" });
    expect(attached.shown).toBe(false);
  });

  test("is no longer waited for after an abort", async () => {
    const { item } = world.open();
    const attached = await attachToItem(world.client(), item, bytes, { ...viaGraph, name: "a.png" });
    const stop = new AbortController();
    const waiting = untilShown(item, attached, { signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
  });
});

describe("sending", () => {
  test("is stopped while a file is on its way, names it, and is free again when it has ended", async () => {
    const { item, state } = world.open();
    expect(await send()).toEqual({ allowEvent: true });
    world.emulator.vary({ draftVisibleAfter: 1e9 });
    const attaching = attachToItem(world.client(), item, bytes, { ...viaGraph, name: "Plans 🏠.zip" });
    await until(() => state.session.size > 0);
    expect(await send()).toEqual({
      allowEvent: false,
      errorMessage: "Plans 🏠.zip is still being attached. Wait until the upload has finished, then send again.",
    });
    world.emulator.vary({ draftVisibleAfter: 0 });
    await attaching;
    expect(await send()).toEqual({ allowEvent: true });
    expect(state.session.size).toBe(0);
  });

  test.each([
    [2, "a.zip and one other file are still being attached."],
    [3, "a.zip and 2 other files are still being attached."],
  ])("counts %d files", async (count, words) => {
    const { item, state } = world.open();
    world.emulator.vary({ draftVisibleAfter: 1e9 });
    const stop = new AbortController();
    const options = { ...viaGraph, name: "a.zip", signal: stop.signal };
    const all = Array.from({ length: count }, () => attachToItem(world.client(), item, bytes, options));
    await until(() => [...state.session.values()].some((value) => JSON.parse(value).names.length === count));
    expect((await send()).errorMessage).toContain(words);
    stop.abort();
    await Promise.allSettled(all);
    expect(await send()).toEqual({ allowEvent: true });
  });

  test("is free again after a failure", async () => {
    const { item } = world.open({ saveErrors: [9016] });
    await attachToItem(world.client(), item, bytes, { ...viaGraph, name: "a.zip" }).catch(() => {});
    expect(await send()).toEqual({ allowEvent: true });
  });

  test("is free if the pane was closed in the middle, after a while", async () => {
    const { state } = world.open();
    const note = (until: number) => JSON.stringify({ names: ["a.zip"], until });
    state.session.set("graph-large-attachments", note(Date.now() + 1e6));
    expect((await send()).allowEvent).toBe(false);
    state.session.set("graph-large-attachments", note(Date.now() - 1));
    expect((await send()).allowEvent).toBe(true);
  });

  test("is free if anything is wrong with the handler, so that mail is never stuck", async () => {
    const { state } = world.open();
    state.session.set("graph-large-attachments", "damaged");
    expect((await send()).allowEvent).toBe(true);
    Reflect.deleteProperty(globalThis, "Office");
    expect((await send()).allowEvent).toBe(true);
  });

  test("never stops an upload: a host without session data, or with one that fails, attaches all the same", async () => {
    const { item } = world.open();
    const fail = () => {
      throw new Error("no");
    };
    for (const sessionData of [undefined, { setAsync: fail, getAsync: fail, removeAsync: fail }]) {
      const attached = await attachToItem(world.client(), { ...item, sessionData }, bytes, { name: "a.zip" });
      expect(attached.shown).toBe(true);
    }
  });
});

describe("what an Outlook cannot do is said in a sentence, with what works instead", () => {
  const limits = (settings: HostSettings = {}) => {
    world.open(settings);
    return outlookLimits();
  };
  const store = new Map<string, string>();
  const localStorage = {
    setItem: (key: string, value: string) => void store.set(key, value),
    removeItem: (key: string) => void store.delete(key),
  };
  beforeEach(() => void Reflect.set(globalThis, "localStorage", localStorage));
  afterEach(() => void Reflect.deleteProperty(globalThis, "localStorage"));

  test("nothing where everything works", () => {
    expect(limits()).toEqual([]);
    expect(store.size).toBe(0);
  });

  test.each<[string, HostSettings, string[], RegExp]>([
    ["no nested app authentication", { sets: { NestedAppAuth: "" } }, ["signIn"], /asks you to sign in/],
    ["no window to sign in", { sets: { NestedAppAuth: "", DialogApi: "" } }, ["window"], /files can have up to 25 MB/],
    ["no way to add files", { sets: { Mailbox: "1.7" } }, ["add", "sending"], /after you close the draft/],
    [
      "neither",
      { sets: { Mailbox: "1.7", NestedAppAuth: "", DialogApi: "" } },
      ["add", "window", "sending"],
      /can’t sign in here/,
    ],
    ["no Smart Alerts", { sets: { Mailbox: "1.11" } }, ["sending"], /doesn’t stop you from sending too early/],
    ["Outlook on a phone", { host: "mobile" }, ["save"], /Open the draft in Outlook on the web/],
  ])("%s", (_, settings, missing, words) => {
    const found = limits(settings);
    expect(found.map((one) => one.missing)).toEqual(missing);
    expect(found.map(({ sentence }) => sentence).join(" ")).toMatch(words);
  });

  test("no localStorage, whether it is absent or refuses", () => {
    Reflect.deleteProperty(globalThis, "localStorage");
    expect(limits().map((one) => one.missing)).toEqual(["storage"]);
    Object.defineProperty(globalThis, "localStorage", {
      configurable: true,
      get: () => {
        throw new DOMException("The operation is insecure.", "SecurityError");
      },
    });
    expect(limits().map((one) => one.missing)).toEqual(["storage"]);
  });

  test("on a phone, attachToItem says so before the first request", async () => {
    const { item } = world.open({ host: "mobile" });
    const attaching = attachToItem(world.client(), item, bytes, { name: "a.zip" });
    await expect(attaching).rejects.toMatchObject({ code: "unsupported", message: expect.stringContaining("a.zip") });
    expect(world.emulator.requests).toEqual([]);
  });

  test("a host that saves only takes what Office.js takes, and one that is too old to be asked goes by Graph", async () => {
    const { item, Office } = world.open();
    const attached: ItemAttachment = await attachToItem(world.client(), { ...item, saveAsync: undefined }, bytes, {
      name: "a.zip",
    });
    expect(attached.by).toBe("office");
    Reflect.deleteProperty(Office.context, "requirements");
    expect(await attachToItem(world.client(), item, bytes, { name: "a.zip" })).toMatchObject({ by: "graph" });
  });
});

test.each<[NonNullable<HostSettings["host"]>]>([["web"], ["new"], ["classic"], ["mac"], ["mobile"]])(
  "%s is recognized by what the host itself says",
  (host) => {
    world.open({ host });
    expect(outlookHost()).toBe(host);
  },
);
