import type { Reply } from "../api.js";
import type { RequestHead } from "../call.js";
import { empty } from "../replies.js";
import type { AzureDevOpsContext } from "./call.js";
import { signInPage, signInRedirect, unauthorized } from "./replies.js";
import type { User } from "./store.js";

/** The user of a request: a PAT by Basic with any user name or, on Services only, the bearer (documented). */
export function userOf(
  { credentials }: AzureDevOpsContext,
  { headers }: RequestHead,
  server: boolean,
): User | undefined {
  const [scheme = "", value = ""] = (headers.authorization ?? "").split(" ");
  if (scheme.toLowerCase() === "bearer") return !server && value === credentials.bearer ? "owner" : undefined;
  if (scheme.toLowerCase() !== "basic") return undefined;
  const pair = Buffer.from(value, "base64").toString();
  const token = pair.slice(pair.indexOf(":") + 1);
  if (!pair.includes(":")) return undefined;
  if (token === credentials.personalAccessToken) return "owner";
  return token === credentials.otherPersonalAccessToken ? "other" : undefined;
}

/**
 * Answers a bad credential: GET and POST get the sign-in page with 203 or a redirect to it (field reports), PATCH gets 401
 * (captured). The same 401 for PUT, DELETE and Suppress is inferred.
 */
export function refuseCredential({ url, vary }: AzureDevOpsContext, { method, headers }: RequestHead): Reply {
  const suppressed = headers["x-tfs-fedauthredirect"]?.toLowerCase() === "suppress";
  if (suppressed || ["PATCH", "PUT", "DELETE"].includes(method)) return unauthorized();
  if (vary.azureSignIn === 401) return empty(401);
  return vary.azureSignIn === 302 ? signInRedirect(url) : signInPage(203);
}
