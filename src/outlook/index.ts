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
  UploadAttempt,
  UploadOptions,
  UploadProgress,
  UploadWaiting,
} from "../options.js";
export type { FileInfo, UploadSession } from "../protocol.js";
