export type { FileInfo } from "../file.js";
export type { UploadSession } from "../uploadSession.js";
export { attachToItem } from "./attachToItem.js";
export { blockSendWhileAttaching, type SendEvent } from "./blockSend.js";
export { outlookLimits, type OutlookLimit } from "./limits.js";
export type { ComposedItem, ItemSessionData, OfficeCallback, OfficeResult } from "./office.js";
export { outlookHost, untilShown, type ItemAttachment, type OutlookHost } from "./shown.js";
export type { CreatedAttachment } from "../client/withLargeAttachments.js";
export type { LimitedRequest, Limiter } from "../limiter.js";
export type { ClientWrapper } from "../http/graphClient.js";
export type {
  AttachmentSource,
  AttachOptions,
  BytesLike,
  CheckpointStore,
  FileDetails,
  LinkScope,
  RandomAccessFile,
  UploadOptions,
} from "../options.js";
export type { UploadAttempt, UploadProgress, UploadWaiting } from "../reports.js";
