import type { CheckpointStore, UploadOptions } from "../index.js";

/** Options for one message: `sendMail({ …, graph: { onProgress } })`. */
export interface GraphMailOptions extends UploadOptions {
  /**
   * Names the job that this message belongs to: done again under the same name, by anybody, the message is not sent a second
   * time. See `once` of `withAttachments`.
   */
  readonly once?: string;
  /** Stores upload sessions, so that the same message done again resumes its uploads. */
  readonly checkpoints?: CheckpointStore;
}

/** Options for sending messages and for uploading their large files. */
export interface GraphTransportOptions extends Omit<GraphMailOptions, "once"> {
  /**
   * Address or id of the mailbox that sends. Another one than your own needs the permission to send from it.
   * @default the mailbox of who has signed in
   */
  readonly mailbox?: string;
  /** Messages that are sent at the same time. Further ones wait. A mailbox takes four requests. @default 4 */
  readonly maxConnections?: number;
  /** Names the job that each message belongs to: see `GraphMailOptions.once`. */
  readonly once?: string | ((data: Readonly<Record<string, unknown>>) => string | undefined);
}

/** The result of `sendMail`, as that of nodemailer's own transports. */
export interface SentMessageInfo {
  readonly envelope: { readonly from: string | false; readonly to: string[] };
  /** The Message-ID that the message was sent with. Exchange may replace it. */
  readonly messageId: string;
  readonly accepted: string[];
  readonly rejected: string[];
  readonly pending: string[];
  readonly response: string;
}
