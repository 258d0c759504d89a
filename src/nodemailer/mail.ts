// The parts of nodemailer's objects that the transport uses, as versions 7 to 10 have them. nodemailer is not loaded.
import type { Readable } from "node:stream";

/** Addresses that a message goes from and to. */
export interface Envelope {
  readonly from: string | false;
  readonly to: string[];
}

/** One part of a message, or the whole message. */
export interface MimeNode {
  content?: unknown;
  filename?: string | false;
  childNodes: MimeNode[];
  parentNode?: MimeNode;
  keepBcc?: boolean;
  newline?: string;
  disableFileAccess?: boolean;
  _raw?: unknown;
  _headers: { key: string; value: unknown }[];
  _envelope?: unknown;
  readonly _transforms?: readonly unknown[];
  readonly _processFuncs?: readonly unknown[];
  getHeader(key: string): unknown;
  setHeader(key: string, value: string): unknown;
  addHeader(key: string, value: string): unknown;
  createChild(contentType: string): MimeNode;
  setContent(content: unknown): unknown;
  build(): Promise<Buffer>;
  getEnvelope(): Envelope;
  messageId(): string;
  _getStream(content: unknown): Readable;
}

/** The members of a message that the transport reads itself. */
export interface MailData {
  readonly [name: string]: unknown;
}

/** A message as nodemailer hands it to a transport, whatever types its version has for it. */
export interface GivenMessage {
  readonly data: object;
  readonly message: unknown;
}

/** The parts of such a message that the transport uses. */
export interface MailMessage {
  readonly data: MailData;
  readonly message: MimeNode;
  readonly mailer?: { readonly dkim?: unknown };
}

/** The leaves of a message: its text, its alternatives and its files. */
export function leavesOf(node: MimeNode): MimeNode[] {
  return node.childNodes.length > 0 ? node.childNodes.flatMap(leavesOf) : [node];
}

/** The value of a header without its parameters, in lower case. */
export function valueOf(node: MimeNode, header: string): string {
  return String(node.getHeader(header) ?? "")
    .split(";")[0]!
    .trim()
    .toLowerCase();
}
