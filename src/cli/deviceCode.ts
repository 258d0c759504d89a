import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AccessToken } from "@azure/identity";
import { PublicClientApplication, type AuthenticationResult, type ICachePlugin } from "@azure/msal-node";
import type { Output } from "./output.js";
import { NO_NETWORK, type SignInOptions } from "./signInOptions.js";
import { stateFolder } from "./stateFolder.js";

const PREFIX = "sign-in-";

/** Signs in by a code that the user enters in a browser. The sign-in is stored, so that later runs need no code. */
export async function deviceCode(
  scope: string,
  { clientId, tenant = "organizations" }: SignInOptions & { readonly clientId: string },
  output: Output,
  signal: AbortSignal,
): Promise<() => Promise<AccessToken>> {
  const named = process.env["AZURE_AUTHORITY_HOST"];
  const authority = new URL(tenant, named ?? "https://login.microsoftonline.com").href;
  const app = new PublicClientApplication({
    // MSAL asks the public cloud about authorities that are not listed as known.
    auth: { clientId, authority, knownAuthorities: named ? [new URL(named).host] : [] },
    cache: { cachePlugin: storeFor(authority, clientId) },
  });
  const silent = async () => {
    const [account] = await app.getTokenCache().getAllAccounts();
    if (!account) return undefined;
    return app.acquireTokenSilent({ account, scopes: [scope] }).catch((error: Error) => {
      if (NO_NETWORK.test(error.message)) throw error;
      return undefined; // The stored sign-in has expired or was revoked.
    });
  };
  const byCode = () => {
    const request = {
      scopes: [scope],
      cancel: false,
      deviceCodeCallback: ({ message }: { message: string }) => output.prompt(message),
    };
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => {
        request.cancel = true;
        reject(signal.reason);
      });
    });
    return Promise.race([app.acquireTokenByDeviceCode(request), aborted]);
  };
  return async () => accessToken((await silent()) ?? (await byCode()));
}

function accessToken(result: AuthenticationResult | null): AccessToken {
  if (!result) throw new Error("The authority gave no token.");
  return { token: result.accessToken, expiresOnTimestamp: result.expiresOn?.getTime() ?? 0 };
}

/** Stores the tokens of one application in a file that only its owner can read. */
function storeFor(authority: string, clientId: string, folder = stateFolder()): ICachePlugin {
  const hash = createHash("sha256").update(JSON.stringify([authority, clientId]));
  const path = join(folder, `${PREFIX}${hash.digest("hex").slice(0, 32)}.json`);
  return {
    async beforeCacheAccess({ tokenCache }) {
      try {
        tokenCache.deserialize(await readFile(path, "utf8"));
      } catch {
        // Nothing is stored, or a full disk cut it off: the user signs in again.
      }
    },
    async afterCacheAccess({ cacheHasChanged, tokenCache }) {
      if (!cacheHasChanged) return;
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(`${path}.new`, tokenCache.serialize(), { mode: 0o600 });
        await rename(`${path}.new`, path);
      } catch {
        // The sign-in then lasts for this run.
      }
    },
  };
}

/** Deletes all stored sign-ins and returns how many there were. */
export async function deleteSignIns(folder = stateFolder()): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const stored = names.filter((name) => name.startsWith(PREFIX));
  for (const name of stored) await rm(join(folder, name), { force: true });
  return stored.length;
}
