import type { Reply } from "../api.js";
import { contentTypeOf } from "../items/store.js";
import { json } from "../replies.js";
import { answerBase, refuseContentType, type AzureDevOpsCall, type AzureDevOpsContext } from "./call.js";
import { attachmentTooLarge, lengthRequired, noSuchMethod, refuseAzure, unauthorizedRead } from "./replies.js";
import type { Blob } from "./store.js";
import { isBelow, type ApiVersion } from "./version.js";

/** The types that E2 lists for a POST. The body is raw bytes with each of them. */
export const uploadContentTypes = ["application/json", "application/json-patch+json", "application/octet-stream"];

/** The only version that has DELETE, on Services (documented). */
const deleteVersion = "7.2-preview.4";

/** Answers POST `…/attachments`: a simple upload or the start of a chunked one. */
export function answerAttachments(context: AzureDevOpsContext, call: AzureDevOpsCall, version: ApiVersion): Reply {
  const { method, headers } = call.head;
  if (method !== "POST") return noSuchMethod(method);
  if (headers["content-length"] === undefined && headers["transfer-encoding"] === undefined) return lengthRequired();
  const refused = refuseContentType(call, uploadContentTypes) ?? refuseUpload(context, call, version);
  if (refused) return refused;
  const { user, project, query, body } = call;
  const init = { user, project, fileName: query.get("filename"), areaPath: query.get("areapath") };
  const blob = context.store.addBlob({ ...init, created: context.now() }, isChunked(call) ? undefined : body);
  return reference(context, call, context.vary.azureUploadStatus, blob, blob.fileName);
}

/** True if `uploadType` is chunked. Ignoring its letter case is a choice. */
export const isChunked = ({ query }: Pick<AzureDevOpsCall, "query">): boolean =>
  query.get("uploadtype")?.toLowerCase() === "chunked";

function refuseUpload({ vary }: AzureDevOpsContext, call: AzureDevOpsCall, version: ApiVersion): Reply | undefined {
  const { length } = call.body;
  const uploadType = call.query.get("uploadtype")?.toLowerCase();
  if (isChunked(call)) {
    // 1.0 has simple uploads only (documented). Both answers are choices.
    if (isBelow(version.number, "2.0")) return refuseAzure(400, "uploadType chunked needs api-version 2.0 or later.");
    return length > 0 ? refuseAzure(400, "The start of a chunked upload takes no content.") : undefined;
  }
  if (uploadType !== undefined && uploadType !== "simple") {
    return refuseAzure(400, `The uploadType '${uploadType}' is not valid.`);
  }
  if (length > vary.azureMaximum) return attachmentTooLarge(vary.azureTooLargeStatus, vary.azureMaximum);
  // The ceiling is documented, its status is a choice.
  return length > vary.azureSimpleCeiling
    ? refuseAzure(413, `The maximum request size of ${vary.azureSimpleCeiling} bytes was exceeded.`)
    : undefined;
}

/** The whole answer to an upload: `{ id, url }`. The URL repeats a given `fileName` (documented). */
export function reference(
  context: AzureDevOpsContext,
  call: AzureDevOpsCall,
  status: number,
  { id }: Blob,
  fileName: string | undefined,
): Reply {
  const query = fileName === undefined ? "" : `?fileName=${encodeURIComponent(fileName)}`;
  return json(status, { id, url: `${attachmentUrl(context, call, id)}${query}` });
}

const attachmentUrl = (context: AzureDevOpsContext, call: AzureDevOpsCall, id: string): string =>
  `${answerBase(context, call)}/_apis/wit/attachments/${id}`;

/** Answers with the bytes of a file. Hiding an incomplete upload is a choice. */
export function readAttachment(context: AzureDevOpsContext, call: AzureDevOpsCall): Reply {
  const { store, vary } = context;
  const blob = store.blobs.get(call.route.id ?? "");
  if (!blob || !store.isComplete(blob)) return noAttachment(call.route.id, 404);
  // Others can read it once it is linked (field report), or if it has a project or area (inferred).
  const shared = blob.everLinked || blob.areaPath !== undefined || blob.project !== undefined;
  if (!shared && blob.user !== call.user) return unauthorizedRead(vary.azureUnlinkedRead, blob.areaPath);
  const fileName = call.query.get("filename") ?? blob.fileName;
  const headers: Record<string, string> = { "content-type": contentTypeOf(fileName ?? "") };
  if (call.query.get("download")?.toLowerCase() === "true") {
    headers["content-disposition"] = `attachment; filename*=UTF-8''${encodeURIComponent(fileName ?? blob.id)}`;
  }
  return { status: 200, headers, body: Buffer.concat(blob.pieces) };
}

/** Answers 200 with a `DestroyedAttachment` (documented). The 405 of other versions is a choice. */
export function deleteAttachment(context: AzureDevOpsContext, call: AzureDevOpsCall, version: ApiVersion): Reply {
  if (call.server || version.text !== deleteVersion) return noSuchMethod("DELETE");
  const id = call.route.id ?? "";
  const affected = context.store.linkedTo(id);
  if (!context.store.blobs.delete(id)) return noAttachment(call.route.id, 404);
  const base = answerBase(context, call);
  return json(200, {
    attachment: { id, url: attachmentUrl(context, call, id) },
    affectedWorkItems: affected.map((item) => ({ id: item, url: `${base}/_apis/wit/workItems/${item}` })),
  });
}

/** The attachment does not exist. No source shows this answer. */
export const noAttachment = (id: string | undefined, status: number): Reply =>
  refuseAzure(status, `The attachment ${id} does not exist.`);
