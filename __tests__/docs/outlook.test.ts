import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "../package/run";
import { page } from "./support/markdown";
import { folder, install, runProgram } from "./support/programs";

/** docs/guides/outlook.md: its pane and its handler, in an Outlook that is played, attach on the emulator. */
const { blocks } = page("docs/guides/outlook.md");
const textOf = (name: string) => blocks.find(({ file }) => file === name)!.text;

const program = `
import { Client } from "@microsoft/microsoft-graph-client";
import { startEmulator } from "graph-large-attachments/emulator";
import { playHost } from "./host.mjs";

const emulator = await startEmulator({ vary: { draftVisibleAfter: 1e9 } });
const draft = emulator.addMessage();
const server = { id: () => draft.id, list: async () => emulator.attachments(draft).map(({ id, name }) => ({ id, name })) };
const { Office } = playHost(server, { host: "classic", noticesAfter: 0 });
const handlers = {};
Office.actions.associate = (name, run) => (handlers[name] = run);
globalThis.Office = Office;
const { attach, sentences } = await import("./taskpane.mjs");
await import("./launchevent.mjs");
const send = () => new Promise((completed) => handlers.onSend({ completed }));

const client = Client.init({ ...emulator.clientOptions, authProvider: (done) => done(null, emulator.token) });
const shown = [];
const video = new File([new Uint8Array(27_000_000)], "video.mp4");
const show = async (text) => {
  if (shown.at(-1) === text) return;
  shown.push(text);
  if (!text.startsWith("Waiting")) return;
  console.log((await send()).errorMessage);
  emulator.vary({ draftVisibleAfter: 0 });
};
await attach(client, video, undefined, show);
console.log(shown[0], "…", shown.at(-2), "…", shown.at(-1));
console.log((await send()).allowEvent, emulator.attachments(draft)[0].bytes.length, sentences().length);
await emulator.close();`;

test("the pane waits for the draft, attaches, says when it shows, and nobody sends meanwhile", async () => {
  await install();
  const home = join(folder, "outlook");
  mkdirSync(home, { recursive: true });
  await build({
    entryPoints: [join(root, "samples/outlook-addin/stub/host.ts")],
    outfile: join(home, "host.mjs"),
    format: "esm",
  });
  writeFileSync(join(home, "taskpane.mjs"), textOf("taskpane.js"));
  writeFileSync(join(home, "launchevent.mjs"), textOf("launchevent.js"));
  const storage = "globalThis.localStorage ??= { setItem() {}, removeItem() {} };\n";
  expect(await runProgram({ page: "", name: "outlook", code: storage + program })).toEqual({
    code: 0,
    stdout: `video.mp4 is still being attached. Wait until the upload has finished, then send again.
Waiting until Outlook has synchronized the draft … 100 % … Attached
true 27000000 0
`,
    stderr: "",
  });
}, 120_000);
