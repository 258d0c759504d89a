import { createNestablePublicClientApplication, InteractionRequiredAuthError } from "@azure/msal-browser";
import { Client } from "@microsoft/microsoft-graph-client";
import { withLargeAttachments } from "graph-large-attachments";

/** Creates a Graph client with nested app authentication: Office or Teams signs the user in. */
export function graphClient(clientId: string, scopes: string[]): Client {
  let token: Promise<string> | undefined;
  // Several files need a token at the same time, but one sign-in window is enough.
  const getAccessToken = () => (token ??= signIn(clientId, scopes).finally(() => (token = undefined)));
  return withLargeAttachments(Client.initWithMiddleware({ authProvider: { getAccessToken } }));
}

let application: ReturnType<typeof createNestablePublicClientApplication> | undefined;

async function signIn(clientId: string, scopes: string[]): Promise<string> {
  const auth = { clientId, authority: "https://login.microsoftonline.com/common" };
  const app = await (application ??= createNestablePublicClientApplication({ auth }));
  try {
    return (await app.acquireTokenSilent({ scopes })).accessToken;
  } catch (error) {
    if (!(error instanceof InteractionRequiredAuthError)) throw error;
    return (await app.acquireTokenPopup({ scopes })).accessToken;
  }
}
