import type { HostSettings } from "../../samples/outlook-addin/stub/host.js";
import { startEmulator, type Emulator, type Item } from "../../src/emulator/index";
import type { OutlookCalls } from "./outlookPage";
import { engines, type Engine, type Tab } from "./support/engine";
import { startSite, type Site } from "./support/site";
import { until } from "./support/until";

type State = ReturnType<OutlookCalls["state"]>;

let emulator: Emulator;
let site: Site;
beforeAll(async () => {
  emulator = await startEmulator();
  site = await startSite("outlookPage");
});
afterEach(() => {
  emulator.reset();
  emulator.vary({ draftVisibleAfter: 0, sharedMailbox403: false });
});
afterAll(() => Promise.all([emulator.close(), site.close()]));

/** Goes by Graph, because Office.js cannot set a content id. */
const viaGraph = { isInline: true, contentId: "own" };

describe.each(Object.entries(engines))("%s", (_, start) => {
  let engine: Engine;
  let tab: Tab;
  beforeAll(async () => void (engine = await start()), 60_000);
  beforeEach(async () => {
    tab = await engine.open(site.url);
    const isReady = () =>
      tab.call("state").then(
        () => true,
        () => false,
      );
    await until("the script of the page", isReady); // WebKit's driver does not wait for it
  });
  afterEach(() => tab.close());
  afterAll(() => engine?.close());

  async function open(settings: HostSettings = {}, message: Item = emulator.addMessage()): Promise<Item> {
    await tab.call("open", { graphUrl: emulator.graphUrl, token: emulator.token, path: message.path }, settings);
    return message;
  }
  const state = () => tab.call<State>("state");
  const attached = () =>
    until("the attachment", async () => {
      const { attachment, error } = await state();
      if (error) throw new Error(JSON.stringify(error));
      return attachment;
    });
  const failed = () => until("the failure", async () => (await state()).error);
  const send = () => tab.call<{ allowEvent: boolean; errorMessage?: string }>("send");

  test("an Outlook add-in: a file that Office.js takes shows immediately, without a request", async () => {
    await open();
    await tab.call("attach", "🎉 party.png", 1_000_001);
    expect(await attached()).toMatchObject({ by: "office", shown: true, name: "🎉 party.png", size: 1_000_001 });
    expect(await tab.call("added")).toEqual([{ name: "🎉 party.png", length: 1_000_001 }]);
    expect(emulator.requests).toEqual([]);
  });

  test("an Outlook add-in: a larger file goes by Graph, the pane says how to see it, and notices when the window shows it", async () => {
    const message = await open({ host: "classic", noticesAfter: 500 });
    await tab.call("attach", "video.mp4", 26_200_000);
    const { id, advice, shown } = await attached();
    expect([emulator.attachments(message)[0]!.id, shown]).toEqual([id, false]);
    expect(advice).toMatch(/Close the draft, select Send\/Receive, and open it again/);
    await tab.call("watch");
    expect((await state()).shown).toBe(true);
  });

  test("an Outlook add-in: a draft that is not synchronized is waited for, sending is stopped meanwhile, and an abort ends it", async () => {
    emulator.vary({ draftVisibleAfter: 1e9 });
    const message = await open({ host: "classic" });
    await tab.call("attach", "plans.zip", 5_000_000, viaGraph);
    await until("it waits", async () => (await state()).waits.length > 2);
    expect((await state()).error).toBeUndefined();
    expect(await send()).toMatchObject({
      allowEvent: false,
      errorMessage: expect.stringMatching(/^plans\.zip is still/),
    });
    emulator.vary({ draftVisibleAfter: 0 });
    await attached();
    expect([emulator.attachments(message).length, await send()]).toEqual([1, { allowEvent: true }]);
    emulator.vary({ draftVisibleAfter: 1e9 });
    await tab.call("attach", "more.zip", 5_000_000, viaGraph);
    const before = (await state()).waits.length;
    await until("it waits again", async () => (await state()).waits.length > before);
    await tab.call("abort");
    expect((await failed()).name).toBe("AbortError");
    expect(await send()).toEqual({ allowEvent: true });
  });

  test("an Outlook add-in: unsaved edits are saved, and the upload is repeated", async () => {
    const message = await open();
    const body = { error: { code: "ErrorIrresolvableConflict", message: "The update operation failed." } };
    emulator.fault({ on: { kind: "create" }, status: 412, body, times: 2 });
    await tab.call("attach", "plans.zip", 5_000_000, viaGraph);
    await attached();
    expect(emulator.attachments(message)).toHaveLength(1);
    expect(await tab.call<number>("saves")).toBeGreaterThan(1);
  });

  test("an Outlook add-in: a shared mailbox is told in words, and takes what one request carries", async () => {
    emulator.vary({ sharedMailbox403: true });
    const message = await open({ owner: "team@contoso.example" });
    await tab.call("attach", "plans.zip", 5_000_000, viaGraph);
    expect((await failed()).message).toContain(
      "in the mailbox of team@contoso.example an add-in can attach up to 3 MB",
    );
    await tab.call("attach", "logo.png", 3_050_000, viaGraph);
    await until("the attachment", async () => (await state()).attachment);
    expect(emulator.attachments(message).map(({ via }) => via)).toEqual(["post"]);
  });

  test("an Outlook add-in: what an Outlook cannot do is said, and a draft that cannot be saved as well", async () => {
    await open({ host: "mobile" });
    expect(await tab.call("limits")).toEqual(["save"]);
    await open({ sets: { Mailbox: "1.7", NestedAppAuth: "" }, saveErrors: [9022] });
    expect(await tab.call("limits")).toEqual(["add", "signIn", "sending"]);
    await tab.call("attach", "plans.zip", 1000);
    expect((await failed()).message).toContain("The draft was moved to another mailbox");
  });
});
