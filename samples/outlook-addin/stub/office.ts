import { started } from "../../support/stub/network.js";
import { playHost, type HostSettings } from "./host.js";
import { showSend } from "./send.js";

/**
 * Replaces Office.js, for a new message:
 *
 * - `?theme=dark` is Outlook's dark mode. Without it, the pane follows the system.
 * - `?host=` is `web`, `new`, `classic`, `mac` or `mobile`; `?mailbox=1.7` is an older version of its API.
 * - `?visibleAfter=20`: Graph knows the draft only after 20 seconds, as from classic Outlook.
 * - `?noticedAfter=5`: the window shows after 5 seconds what Graph has added; `never` is an answer as well.
 * - `?saveError=9021`: the draft cannot be saved. `?send` shows a button to send.
 */
const search = new URLSearchParams(location.search);
const theme = search.get("theme");
const backgrounds: Record<string, string> = { dark: "#292929", light: "#ffffff" };

const noticed = search.get("noticedAfter") ?? "0";
const saveError = search.get("saveError");
const mailbox = search.get("mailbox");
const settings: HostSettings = {
  host: (search.get("host") ?? "web") as HostSettings["host"],
  noticesAfter: noticed === "never" ? Infinity : Number(noticed) * 1000,
  saveErrors: saveError === null ? [] : Array(20).fill(Number(saveError)),
  sets: mailbox === null ? {} : { Mailbox: mailbox },
};
const server = {
  id: async () => (await started).message,
  async list() {
    const { token, message } = await started;
    const url = `https://graph.microsoft.com/v1.0/me/messages/${encodeURIComponent(message)}/attachments?$select=id,name`;
    const reply = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
    return reply.ok ? (await reply.json()).value : [];
  },
};

const { Office } = playHost(server, settings);
Object.assign(Office.context, { officeTheme: theme ? { bodyBackgroundColor: backgrounds[theme] } : undefined });
Object.assign(globalThis, { Office });
if (theme) document.documentElement.style.colorScheme = theme;
if (search.has("send")) showSend();
