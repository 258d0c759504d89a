import type { Reply } from "../api.js";
import type { Call, Context } from "../call.js";
import { badRequest, json, methodNotAllowed, refuse, sessionNotFound } from "../replies.js";
import {
  deleteSession,
  locationId,
  outlookItemPath,
  outlookItemUrl,
  putRange,
  refuseEnded,
  timestamp,
  wantedRanges,
  type SessionForm,
} from "./session.js";
import type { StoredSession } from "../items/store.js";

/** What fetch and browsers send by themselves, and the three headers of a range. */
export const knownHeaders =
  /^(?:content-(?:type|length|range)|transfer-encoding|host|accept(?:-.*)?|user-agent|connection|sec-.*|origin|referer|cache-control|pragma|priority)$/;

const longestRange = 4194304;

/** Answers a request to the host that takes the bytes of Outlook sessions. */
export function answerOutlookHost(context: Context, call: Call): Reply {
  if (call.head.headers.authorization !== undefined) return wrongAudience(context);
  const { path, authtoken } = readUploadUrl(call.head.url);
  const session = context.store.sessions.find((candidate) => candidate.uploadPath === path);
  if (!session) return refuseUnknown(context, path);
  if (authtoken !== session.authtoken) {
    return refuse(401, "InvalidAuthenticationToken", "The authtoken of the upload URL is not valid.");
  }
  const stray = Object.keys(call.head.headers).filter((name) => !knownHeaders.test(name));
  if (stray.length > 0) return badRequest(`The upload host takes no such header: ${stray.join(", ")}.`);
  return refuseEnded(context, session) ?? answerSession(context, session, call);
}

/** The session that an upload URL belongs to, whatever its token. */
export function outlookSessionAt(context: Context, url: string): StoredSession | undefined {
  const { path } = readUploadUrl(url);
  return context.store.sessions.find((candidate) => candidate.uploadPath === path);
}

function answerSession(context: Context, session: StoredSession, call: Call): Reply {
  switch (call.head.method) {
    case "PUT":
      if (context.vary.rangeMaximum === "4MiB" && call.body.length > longestRange) {
        return refuse(413, "RequestEntityTooLarge", "A range may have at most 4 MB.");
      }
      return putRange(context, session, call, outlookForm(context));
    case "DELETE":
      return deleteSession(session);
    case "GET":
      if (context.vary.outlookStatus === 404) return sessionNotFound();
      if (context.vary.outlookStatus === 405) return methodNotAllowed();
      return json(200, outlookForm(context).progress(session));
    default:
      return methodNotAllowed();
  }
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

/** 401 for a bearer of Graph's: the two codes and messages are field reports. */
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

/** An upload URL is opaque: one that only means the same is refused with a reason. */
function refuseUnknown(context: Context, path: string): Reply {
  const rewritten = context.store.sessions.some((session) => session.uploadPath === decodeLoosely(path));
  return rewritten
    ? badRequest("The path of the upload URL was rewritten; use uploadUrl as it was given.")
    : sessionNotFound();
}

function readUploadUrl(url: string): { path: string; authtoken: string | undefined } {
  const [target = "", query = ""] = url.slice(url.indexOf("/", "https://".length)).split("?");
  return {
    path: target,
    authtoken: query.startsWith("authtoken=") ? query.slice("authtoken=".length) : undefined,
  };
}

function decodeLoosely(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
