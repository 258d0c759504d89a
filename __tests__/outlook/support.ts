import type { Client } from "@microsoft/microsoft-graph-client";
import { playHost, type HostSettings } from "../../samples/outlook-addin/stub/host.js";
import { startEmulator, type Emulator, type Item } from "../../src/emulator/index.js";
import { preload, withLargeAttachments, type UploadOptions } from "../../src/index.js";
import type { ComposedItem } from "../../src/outlook/index.js";
import { clientOf } from "../support/graph.js";

/** The emulator, and an Outlook whose draft is in it. Each test begins with `open`. */
export function outlook() {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator();
    await preload(withLargeAttachments(clientOf(emulator)));
  });
  beforeEach(() => {
    emulator.reset();
    emulator.vary({ draftVisibleAfter: 0, sharedMailbox403: false });
  });
  afterEach(() => {
    Reflect.deleteProperty(globalThis, "Office");
    emulator.verifyFaults();
  });
  afterAll(() => emulator.close());
  return {
    get emulator() {
      return emulator;
    },
    /** A client as an add-in makes it. */
    client: (options: UploadOptions = {}): Client =>
      withLargeAttachments(clientOf(emulator), { delay: 1, retries: 2, ...options }),
    /** Opens a draft in a host. `ids` are the drafts that Outlook says it is, one after another. */
    open(settings: HostSettings = {}, drafts?: readonly Item[]) {
      const isEvent = settings.itemType === "appointment";
      const all = drafts ?? [isEvent ? emulator.addEvent() : emulator.addMessage({ to: ["adele@contoso.example"] })];
      let at = 0;
      const draft = () => all[Math.min(at, all.length - 1)]!;
      const server = {
        id: () => draft().id,
        list: async () => emulator.attachments(draft()).map(({ id, name }) => ({ id, name })),
      };
      const host = playHost(server, settings);
      Reflect.set(globalThis, "Office", host.Office);
      const item = host.item as unknown as ComposedItem;
      return { ...host, item, draft: all[0]!, move: () => void at++ };
    },
  };
}
