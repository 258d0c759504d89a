import type { Reply } from "../api.js";
import { keptBytes, readRange, type ByteRange } from "../uploadSession.js";
import { isChunked, noAttachment, reference, uploadContentTypes } from "./attachments.js";
import { refuseContentType, type AzureDevOpsCall, type AzureDevOpsContext } from "./call.js";
import { attachmentTooLarge, noSuchMethod, refuseAzure } from "./replies.js";
import type { Blob } from "./store.js";
import { isBelow, type ApiVersion } from "./version.js";

/** Answers PUT `…/attachments/{id}` with the next chunk. Status and text of all refusals of a range are choices. */
export function putChunk(context: AzureDevOpsContext, call: AzureDevOpsCall, version: ApiVersion): Reply {
  const { store, vary } = context;
  if (isBelow(version.number, vary.azureChunkFloor)) return noSuchMethod("PUT");
  const refused = refuseContentType(call, uploadContentTypes);
  if (refused) return refused;
  // uploadType may be absent, because sources differ on whether it is required.
  if (call.query.has("uploadtype") && !isChunked(call)) return refuseAzure(400, "A PUT needs uploadType chunked.");
  const range = readRange(call, undefined, (mistake, message) =>
    refuseAzure(400, mistake === "unreadable" ? "Content-Range header not understood." : message),
  );
  if ("status" in range) return range;
  // Some documentation puts the range into Content-Length.
  if (Number(call.head.headers["content-length"]) !== call.body.length) {
    return refuseAzure(400, "The length of the range differs from Content-Length.");
  }
  if (range.total > vary.azureMaximum) return attachmentTooLarge(vary.azureTooLargeStatus, vary.azureMaximum);
  const blob = store.blobs.get(call.route.id ?? "");
  if (!blob?.chunked) return noAttachment(call.route.id, vary.azureUnknownId);
  if (vary.azureReplay === "accept" && isReplay(blob, range)) takeBack(blob);
  return refusePosition(blob, range) ?? take(context, call, blob, range);
}

const isReplay = ({ last, total }: Blob, range: ByteRange): boolean =>
  last?.start === range.start && last.end === range.end && total === range.total;

/** Removes the last range, so that it can be written again. It may have been kept in part. */
function takeBack(blob: Blob): void {
  blob.pieces.pop();
  blob.offset = blob.last?.start ?? 0;
}

function refusePosition(blob: Blob, { start, total }: ByteRange): Reply | undefined {
  if (blob.total !== undefined && blob.total !== total) {
    return refuseAzure(400, `The total ${total} is not the ${blob.total} of the chunks before.`);
  }
  return start === blob.offset
    ? undefined
    : refuseAzure(400, `The chunk begins at ${start}, which is not where the stored content ends.`);
}

function take(context: AzureDevOpsContext, call: AzureDevOpsCall, blob: Blob, range: ByteRange): Reply {
  const { vary, store } = context;
  const kept = keptBytes(call);
  blob.pieces.push(kept);
  blob.offset += kept.length;
  blob.total = range.total;
  blob.last = range;
  // The protocol has no offset to answer with, so a chunk that was kept in part is an error.
  if (kept.length < call.body.length) return refuseAzure(500, "The chunk was not stored as a whole.");
  const status =
    vary.azureChunkStatus === "201 then 200" ? (store.isComplete(blob) ? 200 : 201) : vary.azureChunkStatus;
  return reference(context, call, status, blob, vary.azureChunkFileName ? call.query.get("filename") : undefined);
}
