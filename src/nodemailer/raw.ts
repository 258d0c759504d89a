import { mustFit } from "./compose.js";
import type { Envelope, MailMessage } from "./mail.js";
import { mustBePossible } from "./refusals.js";
import { bytesOf, sizeOf, type Sources } from "./sources.js";

/** A message that the caller has composed. It is sent as it is, to whom its own headers name. */
export interface RawMessage {
  readonly mime: Buffer;
  readonly envelope: Envelope;
  readonly messageId: string;
}

const ADDRESSES = /^(from|sender|reply-to|to|cc|bcc)$/i;

/** Reads a message that was given as `raw`. */
export async function readRaw(mail: MailMessage, sources: Sources): Promise<RawMessage> {
  const { message } = mail;
  const { _raw: raw } = message;
  const source = await sources.open(Object.assign(Object.create(message), { content: raw }));
  mustFit(sizeOf(source));
  message._raw = await bytesOf(source);
  const mime = await message.build();
  const headers = headersIn(mime);
  message._headers = headers
    .filter(({ key }) => ADDRESSES.test(key))
    .map(({ key, value }) => ({ key: titled(key), value }));
  const envelope = mustBePossible(mail);
  const messageId = headers.find(({ key }) => /^message-id$/i.test(key))?.value ?? "";
  const receipt = message.getHeader("Return-Receipt-To");
  const asked = receipt ? Buffer.from(`Return-Receipt-To: ${String(receipt)}\r\n`) : Buffer.alloc(0);
  return { mime: Buffer.concat([asked, mime]), envelope, messageId };
}

/** The headers of a message, unfolded. */
function headersIn(mime: Buffer): { key: string; value: string }[] {
  const end = mime.indexOf(/\r\n\r\n/.test(mime.toString("latin1", 0, 1_000_000)) ? "\r\n\r\n" : "\n\n");
  const block = mime.toString("utf8", 0, end < 0 ? mime.length : end).replace(/\r?\n[ \t]+/g, " ");
  return block.split(/\r?\n/).flatMap((line) => {
    const colon = line.indexOf(":");
    return colon > 0 ? [{ key: line.slice(0, colon).trim(), value: line.slice(colon + 1).trim() }] : [];
  });
}

/** As nodemailer spells the names of headers. */
const titled = (key: string): string => key.toLowerCase().replace(/(^|-)\w/g, (letter) => letter.toUpperCase());
