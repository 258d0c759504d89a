import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { page } from "./support/markdown";
import { folder, install, runProgram } from "./support/programs";

/** docs/guides/your-client.md: its blocks with a file name, each with stand-ins for the host that it needs. */
const { blocks } = page("docs/guides/your-client.md");
const named = blocks.filter(({ file }) => file !== "");

const home = join(folder, "your-client");
const standIns: Record<string, string> = {
  "@azure/msal-browser": `
    export class InteractionRequiredAuthError extends Error {}
    export const createNestablePublicClientApplication = async () => ({
      acquireTokenSilent: async () => { throw new InteractionRequiredAuthError(); },
      acquireTokenPopup: async ({ scopes: [scope] }) => ({ accessToken: globalThis.tokenFor(scope) }),
    });`,
  "@microsoft/teams-js": `
    export const app = { initialize: async () => {} };
    export const authentication = { getAuthToken: async () => "for the tab's own server" };`,
};

const prelude = `
import assert from "node:assert/strict";
import { startEmulator } from "graph-large-attachments/emulator";
const emulator = await startEmulator();
globalThis.tokenFor = (scope) => (assert.match(scope, /^(https:..graph.microsoft.com|Mail.Send$)/), emulator.token);
const real = fetch;
globalThis.fetch = (url, init) =>
  real(String(url).replace("https://graph.microsoft.com/", emulator.graphUrl), { ...init, ...emulator.clientOptions.fetchOptions });
const file = new File([new Uint8Array(5_000_000)], "report.pdf");
const toRecipients = [{ emailAddress: { address: "adele@contoso.com" } }];
const sendWith = async (client) => {
  await client.api("/me/sendMail").withAttachments([file]).post({ message: { subject: "The report", toRecipients } });
  const [{ attachments }] = emulator.mailbox.outbox();
  console.log(attachments.map(({ name, bytes }) => name + " " + bytes.length).join());
};
`;
const tokens = "{ getTokenProvider: async () => ({ getToken: async (resource) => tokenFor(resource) }) }";

const programs: Record<string, string> = {
  "credential.js": `
    const { clientFor } = await import("./credential.js");
    const getToken = async ([scope]) => ({ token: tokenFor(scope), expiresOnTimestamp: Date.now() + 3_600_000 });
    await sendWith(clientFor({ getToken }));`,
  "spfx.js": `
    const { clientFor } = await import("./spfx.js");
    await sendWith(await clientFor({ aadTokenProviderFactory: ${tokens} }));`,
  "nested.js": `
    const { clientFor } = await import("./nested.js");
    await sendWith(await clientFor("id", ["Mail.Send"]));`,
  "pnp.js": `
    const { clientFor } = await import("./pnp.js");
    const { SPFx } = await import("@pnp/graph");
    await sendWith(clientFor(SPFx({ aadTokenProviderFactory: ${tokens} })));`,
  "server.js": `
    import { createServer } from "node:http";
    const { uploader } = await import("./server.js");
    const { upload: pick } = await import("./tab.js");
    const asked = [];
    const sendPostRequestAsync = async (_url, { body }) => {
      asked.push(new URLSearchParams(body));
      return { status: 200, headers: {}, body: { token_type: "Bearer", expires_in: 3600, access_token: emulator.token } };
    };
    const auth = { clientId: "id", clientSecret: "secret", authority: "https://login.microsoftonline.com/contoso" };
    const sendGetRequestAsync = async () => ({ status: 200, headers: {}, body: {} });
    const upload = uploader({ auth, system: { networkClient: { sendGetRequestAsync, sendPostRequestAsync } } });
    const server = createServer((request, response) =>
      upload(request).then(({ name }) => response.end(name), (error) => response.writeHead(500).end(error.message)),
    );
    await new Promise((done) => server.listen(0, done));
    const inner = globalThis.fetch;
    globalThis.fetch = (url, init) =>
      inner(String(url).replace(/^\\/upload/, "http://localhost:" + server.address().port), init);
    const draft = emulator.addMessage();
    console.log(await (await pick(file, draft.path)).text());
    assert.equal(asked[0].get("assertion"), "for the tab's own server");
    assert.equal(emulator.attachments(draft)[0].bytes.length, 5_000_000);
    server.close();
    server.closeAllConnections();`,
};

beforeAll(async () => {
  await install();
  for (const [name, code] of Object.entries(standIns)) {
    const place = join(home, "node_modules", name);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "package.json"), '{ "type": "module", "exports": "./index.js" }');
    writeFileSync(join(place, "index.js"), code);
  }
  for (const { file, text } of named) writeFileSync(join(home, file), text);
  writeFileSync(join(home, "package.json"), '{ "type": "module" }');
}, 60_000);

test("every block with a file name is run here, and the tab with its server", () => {
  expect(named.map(({ file }) => file).sort()).toEqual([...Object.keys(programs), "tab.js"].sort());
});

test.each(Object.entries(programs))(
  "%s attaches a large file on the emulator, with stand-ins for its host",
  async (name, code) => {
    const answer = name === "server.js" ? "report.pdf\n" : "report.pdf 5000000\n";
    const program = `${prelude}${code}\nawait emulator.close();`;
    expect(await runProgram({ page: "", name: "your-client", code: program })).toEqual({
      code: 0,
      stdout: answer,
      stderr: "",
    });
  },
  120_000,
);
