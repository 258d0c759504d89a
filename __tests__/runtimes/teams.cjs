// The smoke suite with a credential of TeamsFx on a server, through the Graph client's provider for credentials, as the guide
// "Your client" has it. Stand-ins: the token of a tab, and the authority that exchanges it.
/* eslint-disable @typescript-eslint/no-require-imports */
const { createRequire } = require("node:module");
const { OnBehalfOfUserCredential } = require("@microsoft/teamsfx");
const graph = require("@microsoft/microsoft-graph-client");
const provider = "@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js";
const { TokenCredentialAuthenticationProvider } = require(provider);
const { ConfidentialClientApplication } = createRequire(require.resolve("@microsoft/teamsfx"))("@azure/msal-node");

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const inAnHour = Date.now() + 3_600_000;
const user = { ver: "2.0", tid: "contoso", oid: "1", name: "Adele", preferred_username: "adele@contoso.com" };
const ofTab = `${part({ alg: "none" })}.${part({ ...user, exp: Math.floor(inAnHour / 1000) })}.signature`;

async function main() {
  const { askAt } = await import("./emulatorCalls.mjs");
  const { token } = await askAt(process.env.CONTROL)("target");
  ConfidentialClientApplication.prototype.acquireTokenOnBehalfOf = async ({ oboAssertion, scopes }) => {
    if (oboAssertion !== ofTab || !scopes[0].startsWith("https://graph.microsoft.com/"))
      throw new Error("Not asked so.");
    return { accessToken: token, expiresOn: new Date(inAnHour) };
  };
  const authorityHost = "https://login.microsoftonline.com";
  const app = { clientId: "id", clientSecret: "secret", tenantId: "contoso", authorityHost };
  const scopes = ["https://graph.microsoft.com/.default"];
  const authProvider = new TokenCredentialAuthenticationProvider(new OnBehalfOfUserCredential(ofTab, app), { scopes });
  const init = (options) => graph.Client.initWithMiddleware({ ...options, authProvider });
  const { runHere } = await import("./runHere.mjs");
  await runHere({ ...graph, ...require("graph-large-attachments"), Client: { init } });
}

void main();
