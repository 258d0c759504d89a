import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { page } from "./support/markdown";
import { folder, install, runProgram } from "./support/programs";

/** docs/guides/add-in.md: its pane, with stand-ins for Outlook, the sign-in and the page, attaches on the emulator. */
const { blocks } = page("docs/guides/add-in.md");
const textOf = (name: string) => blocks.find(({ file }) => file === name)!.text;

const msal = `
export class InteractionRequiredAuthError extends Error {}
export const asked = [];
export const createNestablePublicClientApplication = async () => ({
  acquireTokenSilent: async () => {
    asked.push("silent");
    throw new InteractionRequiredAuthError();
  },
  acquireTokenPopup: async ({ scopes }) => {
    asked.push(scopes.join(" "));
    return { accessToken: globalThis.emulator.token };
  },
});`;

const outlook = `
import { startEmulator } from "graph-large-attachments/emulator";
const emulator = (globalThis.emulator = await startEmulator());
const { fetchOptions } = emulator.clientOptions;
const real = fetch;
globalThis.fetch = (url, init) =>
  real(String(url).replace("https://graph.microsoft.com/", emulator.graphUrl), { ...init, ...fetchOptions });

const draft = emulator.addMessage();
const item = {
  itemType: "message",
  saveAsync: (done) => done({ status: "succeeded", value: draft.path.split("/").at(-1) }),
};
globalThis.Office = {
  context: { mailbox: { item, convertToRestId: (id) => id } },
  MailboxEnums: { ItemType: { Message: "message" }, RestVersion: { v2_0: "v2.0" } },
  onReady: (ready) => ready(),
};
const input = { files: [new File([new Uint8Array(5_000_000)], "video.mp4")], addEventListener: (_, run) => (input.run = run) };
const shown = [];
const status = { set textContent(text) { shown.push(text); } };
globalThis.document = { querySelector: (id) => ({ "#files": input, "#status": status })[id] };

await import("./taskpane.mjs");
await input.run();
console.log(shown.join(", "));
for (const { name, bytes } of emulator.attachments(draft)) console.log(name, bytes.length);
const { asked } = await import("@azure/msal-browser");
console.log(new Set(asked));
await emulator.close();`;

test("the pane signs in, attaches what is picked to the item that is written, and shows its progress", async () => {
  await install();
  const home = join(folder, "add-in");
  const stub = join(home, "node_modules/@azure/msal-browser");
  mkdirSync(stub, { recursive: true });
  writeFileSync(join(stub, "package.json"), '{ "type": "module", "exports": "./index.js" }');
  writeFileSync(join(stub, "index.js"), msal);
  writeFileSync(join(home, "taskpane.mjs"), textOf("taskpane.js"));
  expect(await runProgram({ page: "", name: "add-in", code: outlook })).toEqual({
    code: 0,
    stdout:
      "video.mp4: 79 %, video.mp4: 100 %, video.mp4: attached\nvideo.mp4 5000000\n" +
      "Set(2) { 'silent', 'Mail.ReadWrite Calendars.ReadWrite' }\n",
    stderr: "",
  });
}, 120_000);

test("the page has the elements that the program looks for", () => {
  const ids = [...textOf("taskpane.js").matchAll(/querySelector\("#(\w+)"\)/g)].map(([, id]) => id!);
  expect(ids).toEqual(["files", "status"]);
  for (const id of ids) expect(textOf("taskpane.html")).toContain(`id="${id}"`);
});
