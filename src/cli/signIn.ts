import type { AccessToken } from "@azure/identity";
import type { Run } from "./command.js";
import { CommandError, EXIT, usageError } from "./failure.js";
import type { GetToken } from "./firstRequest.js";
import { sentence } from "./format.js";
import type { Output } from "./output.js";
import { NO_NETWORK, type SignInOptions } from "./signInOptions.js";

/** A resource to sign in to, and the environment variables that may hold a token for it. */
export interface SignInTarget {
  readonly scope: string;
  readonly variables: string;
}

/** A token that is about to expire is not used. Milliseconds. */
const MARGIN = 120_000;

/** Reads a token from the environment. It is never printed. */
export function tokenFrom(variable: string, output: Output): string | undefined {
  const token = process.env[variable]?.trim().replace(/^Bearer\s+/i, "");
  if (!token) return undefined;
  output.hide(token);
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw usageError(`${variable} holds characters that no token has.`, "Set it to the token and nothing else.");
}

/** Signs in as an application, by a code, or as Azure's tools are signed in, and gets the first token. */
export async function signIn(target: SignInTarget, options: SignInOptions, run: Run): Promise<GetToken> {
  const { output, stop, situation } = run;
  situation.credential = "The sign-in";
  output.hide(process.env["AZURE_CLIENT_SECRET"]);
  const { clientId } = options;
  const requestToken =
    clientId !== undefined && !hasApplicationCredential()
      ? await (await import("./deviceCode.js")).deviceCode(target.scope, { ...options, clientId }, output, stop.signal)
      : await azureCredential(target.scope, options, stop.signal);
  let current: AccessToken | undefined;
  const getToken = async () => {
    if (!current || current.expiresOnTimestamp - MARGIN < Date.now()) current = await requestToken();
    output.hide(current.token);
    return current.token;
  };
  await getToken().catch((error: Error) => {
    stop.signal.throwIfAborted();
    throw signInError(error, target);
  });
  return getToken;
}

/** True if the environment can sign an application in: by a secret, a certificate, a federated token or its host. */
function hasApplicationCredential(): boolean {
  const names = [
    "AZURE_CLIENT_SECRET",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_FEDERATED_TOKEN_FILE",
    "IDENTITY_ENDPOINT",
  ];
  return names.some((name) => process.env[name]);
}

async function azureCredential(
  scope: string,
  { tenant, clientId }: SignInOptions,
  abortSignal: AbortSignal,
): Promise<() => Promise<AccessToken>> {
  const { DefaultAzureCredential } = await import("@azure/identity");
  // It reads the application from the environment only.
  if (clientId !== undefined) process.env["AZURE_CLIENT_ID"] = clientId;
  if (tenant !== undefined) process.env["AZURE_TENANT_ID"] = tenant;
  const credential = new DefaultAzureCredential({
    tenantId: tenant,
    // The public cloud does not know private authorities.
    disableInstanceDiscovery: process.env["AZURE_AUTHORITY_HOST"] !== undefined,
  });
  return () => credential.getToken(scope, { abortSignal });
}

function signInError(error: Error, { variables }: SignInTarget): CommandError {
  if (error.name === "CredentialUnavailableError" || error.name === "AggregateAuthenticationError")
    return usageError(
      `There is no token in ${variables}, and no sign-in was found.`,
      "Set a token, sign in with az login, or give --client-id to sign in with a code. See --help.",
    );
  const network = NO_NETWORK.test(error.message);
  const [first = ""] = error.message.split(/\r?\n/);
  return new CommandError({
    exitCode: network ? EXIT.interrupted : EXIT.refused,
    code: network ? "network" : "signIn",
    message: `The sign-in failed: ${sentence(first)}`,
    hint: network
      ? "Check the network, then try again."
      : "Check the tenant, the client id and its secret or certificate, then try again.",
  });
}
