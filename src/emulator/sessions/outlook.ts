import type { Reply } from "../api.js";
import type { Context } from "../context.js";
import type { StoredSession } from "../items/store.js";
import { badRequest, json, methodNotAllowed, refuse, sessionNotFound } from "../replies.js";
import { decodeLoosely, uploadHost } from "../uploadHost.js";
import { timestamp } from "../uploadSession.js";
import {
  deleteSession,
  locationId,
  outlookItemPath,
  outlookItemUrl,
  putRange,
  refuseEnded,
  wantedRanges,
  type SessionForm,
} from "./session.js";

const longestRange = 4194304;

/** The host that takes the bytes of Outlook sessions. */
export const outlookHost = uploadHost<StoredSession>({
  find: outlookSessionAt,
  refuseToken: wrongAudience,
  refuseUnknown,
  refuseUrl: (_context, session, url) =>
    readUploadUrl(url).authtoken === session.authtoken
      ? undefined
      : refuse(401, "InvalidAuthenticationToken", "The authtoken of the upload URL is not valid."),
  refuseEnded,
  badRequest,
  put: (context, session, call) => {
    if (context.vary.rangeMaximum === "4MiB" && call.body.length > longestRange) {
      return refuse(413, "RequestEntityTooLarge", "A range may have at most 4 MB.");
    }
    return putRange(context, session, call, outlookForm(context));
  },
  get: (context, session) => {
    if (context.vary.outlookStatus === 404) return sessionNotFound();
    if (context.vary.outlookStatus === 405) return methodNotAllowed();
    return json(200, outlookForm(context).progress(session));
  },
  discard: deleteSession,
});

/** The session that an upload URL belongs to, with any token. */
export function outlookSessionAt(context: Context, url: string): StoredSession | undefined {
  const { path } = readUploadUrl(url);
  return context.store.sessions.find(({ uploadPath }) => uploadPath === path);
}

function outlookForm(context: Context): SessionForm {
  const { intermediateKeys, uploadPath } = context.vary;
  return {
    progress: (session) => ({
      "@odata.context": `${context.outlookUrl}${uploadPath}/$metadata#${outlookItemPath(context, session.item, encodeURIComponent)}/AttachmentSessions/$entity`,
      [intermediateKeys === "camel" ? "expirationDateTime" : "ExpirationDateTime"]: timestamp(session.expires),
      [intermediateKeys === "pascal" ? "NextExpectedRanges" : "nextExpectedRanges"]: wantedRanges(context, session),
    }),
    location: (session, attachment) =>
      `${outlookItemUrl(context, session.item)}/Attachments('${locationId(context, attachment.id)}')`,
  };
}

/** The two codes and messages of the 401 for a Graph token are field reports. */
function wrongAudience(context: Context): Reply {
  if (context.vary.audienceError === "InvalidAudience") {
    return refuse(401, "InvalidAudience", "The audience claim value is invalid 'aud'.");
  }
  return refuse(
    401,
    "InvalidAudienceForResource",
    "The audience claim value is invalid for current resource. Audience claim is 'https://graph.microsoft.com/', request url is 'https://outlook.office.com' and resource type is 'Exchange'.",
  );
}

/** Refuses a rewritten upload URL with the reason, as an upload URL is opaque. */
function refuseUnknown(context: Context, url: string): Reply {
  const { path } = readUploadUrl(url);
  const rewritten = context.store.sessions.some((session) => session.uploadPath === decodeLoosely(path));
  return rewritten
    ? badRequest("The upload URL was rewritten. Use uploadUrl exactly as you received it.")
    : sessionNotFound();
}

function readUploadUrl(url: string): { path: string; authtoken: string | undefined } {
  const [target = "", query = ""] = url.slice(url.indexOf("/", "https://".length)).split("?");
  return {
    path: target,
    authtoken: query.startsWith("authtoken=") ? query.slice("authtoken=".length) : undefined,
  };
}
