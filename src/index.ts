export { LargeAttachmentHandler } from "./LargeAttachmentHandler.js";
export { AzureDevOpsAttachmentHandler } from "./AzureDevOpsAttachmentHandler.js";
export {
  AzureDevOpsAttachmentHandlerOptions,
  LargeAttachmentHandlerOptions,
  type UploadAttempt,
  type UploadOptions,
  type UploadProgress,
} from "./options.js";
export { LargeAttachmentTask, type RunOptions, type UploadStatus } from "./LargeAttachmentTask.js";
export { preload, withLargeAttachments, type CreatedAttachment, type CreatedReference } from "./attach.js";
export { createAzureDevOpsClient, type AzureDevOpsClientOptions, type TokenSource } from "./azureDevOpsClient.js";
export type { AttachOptions, FileDetails, FileToAttach } from "./fileToAttach.js";
export type { LinkScope } from "./protocols/sharing.js";
export { UploadError, type UploadErrorCode } from "./errors.js";
export { localStorageCheckpoints, type CheckpointStore } from "./checkpoints.js";
export type { BytesLike } from "./content/bytes.js";
export type { AttachmentSource, RandomAccessFile } from "./content/content.js";
export type { FileInfo, UploadSession } from "./protocol.js";
