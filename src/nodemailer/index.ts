import type { Client } from "@microsoft/microsoft-graph-client";
import type { GraphTransportOptions } from "./options.js";
import { GraphTransport } from "./transport.js";

export type {
  CheckpointStore,
  FileInfo,
  LimitedRequest,
  Limiter,
  UploadAttempt,
  UploadOptions,
  UploadProgress,
  UploadSession,
  UploadWaiting,
} from "../index.js";
export { GraphTransport, type Callback } from "./transport.js";
export type { GraphMailOptions, GraphTransportOptions, SentMessageInfo } from "./options.js";
export type { MailError } from "./errors.js";
export type { GivenMessage } from "./mail.js";

/**
 * A transport for nodemailer that sends through Microsoft Graph. nodemailer composes the message. Files that do not fit into one
 * request never become MIME, but go by upload sessions.
 *
 * ```ts
 * const mailer = nodemailer.createTransport(graphTransport(client));
 * await mailer.sendMail({ to: "adele@contoso.com", subject: "Report", attachments: [{ path: "report.zip" }] });
 * ```
 *
 * Needs the permission `Mail.Send`, and `Mail.ReadWrite` for what does not fit into one request. Throws an `UploadError` of
 * code `invalid` for something that is not a Graph client, and for wrong options.
 */
export function graphTransport(client: Client, options: GraphTransportOptions = {}): GraphTransport {
  return new GraphTransport(client, options);
}
