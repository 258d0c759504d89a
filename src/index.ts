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
export type { FileInfo } from "./file.js";
export type { ClientWrapper } from "./http/graphClient.js";
export { jobCheckpoints, type JobCheckpoints } from "./client/jobCheckpoints.js";
export { localStorageCheckpoints } from "./client/localStorageCheckpoints.js";
export { UploadError, type UploadErrorCode } from "./errors.js";
export { AzureDevOpsAttachmentHandlerOptions, LargeAttachmentHandlerOptions } from "./middlewareOptions.js";
export type {
  AttachmentSource,
  AttachOptions,
  BytesLike,
  CheckpointStore,
  FileDetails,
  FileToAttach,
  LinkScope,
  RandomAccessFile,
  UploadOptions,
} from "./options.js";
export type { UploadAttempt, UploadProgress, UploadWaiting } from "./reports.js";
export type { LimitedRequest, Limiter } from "./limiter.js";
export type { UploadSession } from "./uploadSession.js";
