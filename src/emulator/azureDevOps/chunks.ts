import type { Reply } from "../api.js";
import { isChunked, noAttachment, reference, uploadContentTypes } from "./attachments.js";
import { refuseContentType, type AzureDevOpsCall, type AzureDevOpsContext } from "./call.js";
import { attachmentTooLarge, noSuchMethod, refuseAzure } from "./replies.js";
import type { Blob } from "./store.js";
import { isBelow, type ApiVersion } from "./version.js";
import { contentRangePattern } from "../sessions/range.js";

interface ChunkRange {
  readonly start: number;
  /** Inclusive. */
  readonly end: number;
  readonly total: number;
}

/** Takes the next chunk by PUT `…/attachments/{id}`; all refusals of a range are choices in status and words. */
export function putChunk(context: AzureDevOpsContext, call: AzureDevOpsCall, version: ApiVersion): Reply {
  const { store, vary } = context;
  if (isBelow(version.number, vary.azureChunkFloor)) return noSuchMethod("PUT");
  const refused = refuseContentType(call, uploadContentTypes);
  if (refused) return refused;
  // Its absence is tolerated: sources differ on whether it is needed.
  if (call.query.has("uploadtype") && !isChunked(call)) return refuseAzure(400, "A PUT needs uploadType chunked.");
  const range = readRange(call);
  if ("status" in range) return range;
  if (range.total > vary.azureMaximum) return attachmentTooLarge(vary.azureTooLargeStatus, vary.azureMaximum);
  const blob = store.blobs.get(call.route.id ?? "");
  if (!blob?.chunked) return noAttachment(call, vary.azureUnknownId);
  if (vary.azureReplay === "accept" && isReplay(blob, range)) takeBack(blob);
  return refusePosition(blob, range) ?? take(context, call, blob, range);
}

function readRange({ head, body }: AzureDevOpsCall): ChunkRange | Reply {
  const match = contentRangePattern.exec(head.headers["content-range"] ?? "");
  if (!match) return refuseAzure(400, "Content-Range header not understood.");
  const [start, end, total] = match.slice(1).map(Number) as [number, number, number];
  if (end < start || end >= total) return refuseAzure(400, `The range ${start}-${end} is not within ${total} bytes.`);
  const length = end - start + 1;
  if (Number(head.headers["content-length"]) !== length || body.length !== length) {
    return refuseAzure(400, `The range ${start}-${end} does not fit the Content-Length.`);
  }
  return { start, end, total };
}

const isReplay = ({ last, total }: Blob, range: ChunkRange): boolean =>
  last?.start === range.start && last.end === range.end && total === range.total;

/** Makes room for the last range to be written once more, also where only a part of it was kept. */
function takeBack(blob: Blob): void {
  blob.pieces.pop();
  blob.offset = blob.last?.start ?? 0;
}

function refusePosition(blob: Blob, { start, total }: ChunkRange): Reply | undefined {
  if (blob.total !== undefined && blob.total !== total) {
    return refuseAzure(400, `The total ${total} is not the ${blob.total} of the chunks before.`);
  }
  return start === blob.offset
    ? undefined
    : refuseAzure(400, `The chunk begins at ${start}, which is not where the stored content ends.`);
}

function take(context: AzureDevOpsContext, call: AzureDevOpsCall, blob: Blob, range: ChunkRange): Reply {
  const { vary, store } = context;
  const kept = call.keep === undefined ? call.body : Buffer.from(call.body.subarray(0, call.keep));
  blob.pieces.push(kept);
  blob.offset += kept.length;
  blob.total = range.total;
  blob.last = range;
  // There is no offset to answer with, so a chunk that was kept in part is an error.
  if (kept.length < call.body.length) return refuseAzure(500, "The chunk was not stored as a whole.");
  const status =
    vary.azureChunkStatus === "201 then 200" ? (store.isComplete(blob) ? 200 : 201) : vary.azureChunkStatus;
  return reference(context, call, status, blob, vary.azureChunkFileName ? call.query.get("filename") : undefined);
}
