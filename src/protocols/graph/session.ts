import { member, text } from "../../json.js";
import type { Api, SessionProtocol } from "../../protocol.js";
import { contentRange } from "../../range.js";
import { mailboxOf, splitUrl, withoutOData } from "./path.js";
import { explain, readSession, verdict, type Advice } from "./reply.js";

export const json = { "Content-Type": "application/json" };

/** One API of Microsoft Graph. By default it names no number of requests, and counts apart from a user's mailbox. */
export function graphApi(
  label: string,
  advice: Advice,
  throttle: Api["throttle"] = { most: Infinity, lane: (url, me) => `${mailboxOf(url, me)} ${label}` },
): Api {
  return {
    label,
    throttle,
    verdict,
    query: (url) => withoutOData(splitUrl(url)[1]),
    explain: (reply, url, file) => explain(reply, url, advice, file),
  };
}

/** Requests to an open session. All services of Graph use the same uploadSession resource (docs: resources/uploadsession). */
type OpenSession = Pick<SessionProtocol, "opened" | "put"> &
  Required<Pick<SessionProtocol, "expires" | "status" | "cancel">>;

/** `suffix`: appended to `uploadUrl` to send ranges. `to`: whose URL that is. */
export function graphSession(to: "api" | "upload", suffix = ""): OpenSession {
  return {
    opened: readSession,
    put: ({ uploadUrl }, range, bytes) => ({
      method: "PUT",
      url: uploadUrl + suffix,
      headers: { "Content-Type": "application/octet-stream", "Content-Range": contentRange(range) },
      body: bytes,
      to,
    }),
    expires: ({ body }) => text(member(body, "expirationDateTime")),
    status: ({ uploadUrl }) => ({ method: "GET", url: uploadUrl, to }),
    cancel: ({ uploadUrl }) => ({ method: "DELETE", url: uploadUrl, to }),
  };
}
