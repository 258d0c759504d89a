import type { Reply, UploadProtocol } from "../../protocol.js";
import { contentRange } from "../../range.js";
import { member, readSession, remedy, text, trouble, type Advice } from "./reply.js";

export const json = { "Content-Type": "application/json" };

/** What differs between Graph's upload sessions once they are open. */
export interface SessionKind extends Advice {
  /** What is put behind `uploadUrl` to send ranges. */
  readonly rangeSuffix: string;
  /** Whose URL that is. */
  readonly rangesTo: "api" | "upload";
}

/** Graph's uploadSession resource, as all of its services use it (docs: resources/uploadsession). */
export function graphSession(
  kind: SessionKind,
): Pick<UploadProtocol, "readSession" | "sendRange" | "trouble" | "explain"> &
  Required<Pick<UploadProtocol, "status" | "cancel">> {
  return {
    readSession,
    sendRange: ({ uploadUrl }, range, bytes) => ({
      method: "PUT",
      url: uploadUrl + kind.rangeSuffix,
      headers: { "Content-Type": "application/octet-stream", "Content-Range": contentRange(range) },
      body: bytes,
      to: kind.rangesTo,
    }),
    trouble,
    explain(reply, collection): Reply {
      const told = remedy(reply, collection, kind);
      const error = member(reply.body, "error") as { message?: unknown } | undefined;
      if (told === undefined || typeof error !== "object") return reply;
      return { ...reply, body: { error: { ...error, message: `${text(error?.message) ?? ""} ${told}`.trim() } } };
    },
    status: ({ uploadUrl }) => ({ method: "GET", url: uploadUrl, to: kind.rangesTo }),
    cancel: ({ uploadUrl }) => ({ method: "DELETE", url: uploadUrl, to: kind.rangesTo }),
  };
}
