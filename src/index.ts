export { LargeAttachmentHandler } from "./LargeAttachmentHandler.js";
export { LargeAttachmentHandlerOptions, type UploadOptions, type UploadProgress } from "./options.js";
export { LargeAttachmentTask, type RunOptions, type UploadStatus } from "./LargeAttachmentTask.js";
export { withLargeAttachments, type AttachOptions, type CreatedAttachment } from "./attach.js";
export { UploadError, type UploadErrorCode } from "./errors.js";
export type { BytesLike } from "./bytes.js";
export type { AttachmentSource, RandomAccessFile } from "./content.js";
export type { FileInfo, UploadSession } from "./protocol.js";
