import type { Envelope, MailMessage, MimeNode } from "./mail.js";
import { Refused } from "./errors.js";

/** Refuses what Graph cannot carry, before anything is sent. Returns who the message goes from and to. */
export function mustBePossible(mail: MailMessage): Envelope {
  const { data, message } = mail;
  if (data.dkim || mail.mailer?.dkim) {
    throw new Refused("EMESSAGE", "Exchange signs messages itself and would break a signature by dkim. Remove dkim.");
  }
  if (data.otp) throw new Refused("EMESSAGE", "Graph cannot carry the header of otp. Remove otp.");
  askReceipt(mail);
  const envelope = ownEnvelope(message);
  if (data.envelope) mustAgree(message.getEnvelope(), envelope, data.envelope);
  if (envelope.to.length === 0) throw new Refused("EENVELOPE", "No recipients defined. Give to, cc or bcc.", "invalid");
  return envelope;
}

/** The addresses in the headers of a message, whatever its envelope says. */
function ownEnvelope(message: MimeNode): Envelope {
  const given = message._envelope;
  message._envelope = false;
  try {
    const { from, to } = message.getEnvelope();
    return { from, to };
  } finally {
    message._envelope = given;
  }
}

/** Graph sends to whom the headers name, and from whom they name. */
function mustAgree(envelope: Envelope, headers: Envelope, given: unknown): void {
  const asked = Object(given) as { readonly from?: unknown };
  const same = (one: string | false, other: string | false) =>
    String(one).toLowerCase() === String(other).toLowerCase();
  if (asked.from !== undefined && !same(envelope.from, headers.from)) {
    throw new Refused(
      "EENVELOPE",
      `Graph sends from the address in the headers (${headers.from || "none"}), not from envelope.from. Remove envelope.`,
    );
  }
  const [wanted, named] = [envelope.to, headers.to].map((list) => new Set(list.map((one) => one.toLowerCase())));
  const other = [...wanted!].find((one) => !named!.has(one)) ?? [...named!].find((one) => !wanted!.has(one));
  if (other === undefined) return;
  const where = named!.has(other) ? "headers but not in envelope" : "envelope but not in to, cc or bcc";
  throw new Refused(
    "EENVELOPE",
    `Graph sends to the addresses in the headers, but ${other} is in the ${where}. Remove envelope.`,
  );
}

interface Dsn {
  readonly id?: unknown;
  readonly envid?: unknown;
  readonly return?: unknown;
  readonly ret?: unknown;
  readonly notify?: unknown;
  readonly recipient?: unknown;
  readonly orcpt?: unknown;
}

/** Asks for a delivery receipt by the header that Exchange reads (MS-OXCMAIL). Failures and delays it reports in any case. */
function askReceipt({ data, message }: MailMessage): void {
  if (!data.dsn) return;
  const dsn = Object(data.dsn) as Dsn;
  const refuse = (what: string) => new Refused("EMESSAGE", `Graph cannot carry ${what}. Remove it.`);
  if (dsn.id ?? dsn.envid) throw refuse("dsn.id");
  if (dsn.return ?? dsn.ret) throw refuse("dsn.return, because Exchange decides what a report contains");
  const notify = [dsn.notify ?? []]
    .flat()
    .map((one) => String(one).trim().toLowerCase())
    .flatMap((one) => one.split(/[\s,]+/));
  const unknown = notify.find((one) => !["success", "failure", "delay"].includes(one));
  if (unknown !== undefined) throw refuse(`dsn.notify "${unknown}", because Exchange always reports failures`);
  const { from } = ownEnvelope(message);
  const recipient = String(dsn.recipient ?? dsn.orcpt ?? from).replace(/^rfc822;\s*/i, "");
  if (recipient.toLowerCase() !== String(from).toLowerCase()) {
    throw refuse("dsn.recipient, because Exchange reports to the sender");
  }
  if (notify.includes("success")) message.setHeader("Return-Receipt-To", recipient);
}
