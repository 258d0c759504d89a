export { LargeAttachmentHandler } from "./client/LargeAttachmentHandler.js";
export { AzureDevOpsAttachmentHandler } from "./client/AzureDevOpsAttachmentHandler.js";
export {
  AzureDevOpsAttachmentHandlerOptions,
  LargeAttachmentHandlerOptions,
  type UploadAttempt,
  type UploadOptions,
  type UploadProgress,
} from "./options.js";
export { LargeAttachmentTask, type RunOptions, type UploadStatus } from "./client/LargeAttachmentTask.js";
export { preload, withLargeAttachments, type CreatedAttachment, type CreatedReference } from "./client/withLargeAttachments.js";
export { createAzureDevOpsClient, type AzureDevOpsClientOptions, type TokenSource } from "./client/azureDevOpsClient.js";
export type { AttachOptions, FileDetails, FileToAttach } from "./fileToAttach.js";
export type { LinkScope } from "./protocols/sharing.js";
export { UploadError, type UploadErrorCode } from "./errors.js";
export { localStorageCheckpoints, type CheckpointStore } from "./upload/checkpoints.js";
export type { BytesLike } from "./files/bytes.js";
export type { AttachmentSource, RandomAccessFile } from "./files/open.js";
export type { FileInfo, UploadSession } from "./protocol.js";
