import type { AccessToken, TokenCredential } from "@azure/identity";
import { sameCommand } from "./commandLine.js";
import { CommandError, EXIT, misused, sentence } from "./failure.js";
import type { Output } from "./output.js";

export interface SignInOptions {
  readonly tenant: string;
  readonly clientId?: string;
}

/** A token is not used in the last two minutes of its life. Milliseconds. */
const MARGIN = 120_000;

/** A token that the environment holds, fit for a header; it will never be printed. */
export function tokenIn(variable: string, output: Output): string | undefined {
  const token = process.env[variable]?.trim().replace(/^Bearer\s+/i, "");
  if (!token) return undefined;
  output.withhold(token);
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw misused(`${variable} holds characters that no token has.`, "Set it anew, to the token and nothing else.");
}

/** Signs in by a code that the user enters in a browser, and keeps the token fresh. */
export async function signInByCode(
  scope: string,
  { tenant, clientId }: SignInOptions,
  variables: string,
  output: Output,
  signal: AbortSignal,
): Promise<TokenCredential> {
  if (clientId === undefined)
    throw misused(
      `There is no token in the environment (${variables}), and no app registration to sign in with.`,
      "Set a token, or give --client-id, and --tenant where it is for one tenant only.",
    );
  const { DeviceCodeCredential } = await identity();
  const credential = new DeviceCodeCredential({
    clientId,
    tenantId: tenant,
    // An authority that the user has named is not looked up at the public cloud, which does not know private ones.
    disableInstanceDiscovery: process.env["AZURE_AUTHORITY_HOST"] !== undefined,
    userPromptCallback: ({ message }) => output.demand(message),
  });
  let held: AccessToken | undefined;
  const watched: TokenCredential = {
    getToken: async (scopes, options) => {
      if (held && held.expiresOnTimestamp - MARGIN > Date.now()) return held;
      held = await credential.getToken(scopes, options);
      output.withhold(held.token);
      return held;
    },
  };
  await watched.getToken(scope, { abortSignal: signal }).catch((error: Error) => {
    signal.throwIfAborted();
    throw notSignedIn(error);
  });
  return watched;
}

function notSignedIn(error: Error): CommandError {
  const network = /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|network_error|endpoints_resolution_error/i.test(
    error.message,
  );
  const [first = ""] = error.message.split("\n");
  return new CommandError({
    exitCode: network ? EXIT.brokeOff : EXIT.refused,
    code: network ? "network" : "signIn",
    message: sentence(`Signing in has failed: ${first}`),
    hint: network ? "Check the network, then try again." : "Check --tenant and --client-id, then try again.",
  });
}

async function identity(): Promise<typeof import("@azure/identity")> {
  try {
    return await import("@azure/identity");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw misused(
      "Signing in by a device code needs the package @azure/identity, which is not installed beside this one.",
      `Run: ${withIdentity()}`,
    );
  }
}

/** The command that brings the package along, as this program was installed. */
function withIdentity(): string {
  const place = import.meta.url;
  const rest = sameCommand().replace(/^(npx )?graph-large-attachments/, "");
  if (/\/_npx\//.test(place)) return `npx -p graph-large-attachments -p @azure/identity graph-large-attachments${rest}`;
  return /\/lib\/node_modules\//.test(place) ? "npm install --global @azure/identity" : "npm install @azure/identity";
}
