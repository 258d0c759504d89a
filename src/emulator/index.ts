export { startEmulator } from "./emulator.js";
export type {
  AzureDevOpsFixture,
  StoredBlob,
  WorkItemInfo,
  WorkItemInit,
  WorkItemReference,
  WorkItemRelation,
} from "./azureDevOpsTypes.js";
export type { FaultMatcher, FaultScript, RewrittenReply } from "./faults.js";
export type { EventInfo, MailboxFixture, MessageInfo, SentMail } from "./mailTypes.js";
export type {
  ClientOptions,
  Emulator,
  EmulatorOptions,
  FileInit,
  Item,
  MessageInit,
  Origin,
  Reply,
  RequestKind,
  RequestLogEntry,
  SessionInfo,
  SessionState,
  StoredAttachment,
} from "./types.js";
export type { Variations } from "./variations.js";
