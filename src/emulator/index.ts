export { startEmulator } from "./emulator.js";
export type {
  AzureDevOpsFixture,
  StoredBlob,
  WorkItemInfo,
  WorkItemInit,
  WorkItemReference,
  WorkItemRelation,
} from "./azureDevOps/types.js";
export type { AzureDevOpsVariations } from "./azureDevOps/variations.js";
export type { DriveFile, DriveFixture, DrivePermission } from "./drive/types.js";
export type { DriveVariations } from "./drive/variations.js";
export type { FaultMatcher, FaultScript, RewrittenReply } from "./wire/faults.js";
export type { EventInfo, MailboxFixture, MessageInfo, SentMail } from "./mail/types.js";
export type { PrintDocument, PrintFixture } from "./print/types.js";
export type { PrintVariations } from "./print/variations.js";
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
export type { Channel, ChatMember, TeamsAttachment, TeamsFixture, TeamsMessage } from "./teams/types.js";
export type { TeamsVariations } from "./teams/variations.js";
export type { Variations } from "./variations.js";
