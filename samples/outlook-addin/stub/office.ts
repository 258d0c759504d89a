import { started } from "../../support/stub/network.js";

/**
 * Replaces Office.js: the few calls of the pane, for a new message. `?theme=dark` is Outlook's dark mode. Without it, the
 * pane follows the system.
 */
const theme = new URLSearchParams(location.search).get("theme");
const backgrounds: Record<string, string> = { dark: "#292929", light: "#ffffff" };

const item = {
  itemType: "message",
  saveAsync: (done: (result: { status: string; value?: string }) => void) =>
    void started.then(({ message }) => done({ status: "succeeded", value: toEwsId(message) })),
};

const Office = {
  onReady: () => Promise.resolve({ host: "Outlook", platform: "OfficeOnline" }),
  AsyncResultStatus: { Succeeded: "succeeded", Failed: "failed" },
  MailboxEnums: { ItemType: { Message: "message", Appointment: "appointment" }, RestVersion: { v2_0: "v2.0" } },
  context: {
    officeTheme: theme ? { bodyBackgroundColor: backgrounds[theme] } : undefined,
    requirements: { isSetSupported: () => false },
    mailbox: { item, convertToRestId: toRestId },
  },
};

/** Outlook's ids have two characters that a path cannot have. `convertToRestId` replaces them. */
function toEwsId(id: string): string {
  return id.replaceAll("-", "/").replaceAll("_", "+");
}
function toRestId(id: string): string {
  return id.replaceAll("/", "-").replaceAll("+", "_");
}

Object.assign(globalThis, { Office });
