export { LargeAttachmentHandler } from "./client/LargeAttachmentHandler.js";
export { AzureDevOpsAttachmentHandler } from "./client/AzureDevOpsAttachmentHandler.js";
export { AttachmentHandler } from "./client/AttachmentHandler.js";
export { LargeAttachmentTask, type RunOptions, type UploadStatus } from "./client/LargeAttachmentTask.js";
export {
  preload,
  withLargeAttachments,
  type AttachingClient,
  type CreatedAttachment,
  type CreatedReference,
} from "./client/withLargeAttachments.js";
export {
  createAzureDevOpsClient,
  type AzureDevOpsClient,
  type AzureDevOpsClientOptions,
  type AzureDevOpsRequest,
  type TokenSource,
} from "./client/azureDevOpsClient.js";
export type { ClientWrapper } from "./http/graphClient.js";
export { jobCheckpoints, type JobCheckpoints } from "./client/jobCheckpoints.js";
export { localStorageCheckpoints } from "./client/localStorageCheckpoints.js";
export { UploadError, type UploadErrorCode } from "./errors.js";
export {
  AzureDevOpsAttachmentHandlerOptions,
  LargeAttachmentHandlerOptions,
  type AttachmentSource,
  type AttachOptions,
  type BytesLike,
  type CheckpointStore,
  type FileDetails,
  type FileToAttach,
  type LinkScope,
  type RandomAccessFile,
  type UploadAttempt,
  type UploadOptions,
  type UploadProgress,
  type UploadWaiting,
} from "./options.js";
export type { LimitedRequest, Limiter } from "./limiter.js";
export type { FileInfo, UploadSession } from "./protocol.js";
