import { UploadError, type FileToAttach } from "../index.js";
import { Refused } from "./errors.js";
import { leavesOf, valueOf, type MailMessage, type MimeNode } from "./mail.js";
import { fileInPart } from "./part.js";
import { bytesOf, sizeOf, type Source, type Sources } from "./sources.js";

/** Bytes of MIME that Graph is known to take in one request: above 2,240 kB it was seen to answer 200 and to do nothing (docs #13979). */
export const MIME_LIMIT = 2_200_000;
/** Bytes of MIME whose base64 fits into 4 MiB, which is the documented limit. It is left for parts that cannot become a file. */
const MOST_MIME = 3_145_728;
/** Base64 in lines of 76 characters. */
const encoded = (bytes: number): number => Math.ceil((Math.ceil(bytes / 3) * 4 * 78) / 76);
/** Bytes of the headers of a part, generously. */
const headersOf = ({ filename }: MimeNode): number => 1024 + 12 * String(filename || "").length;

/** An attachment of a message. */
interface Attachment {
  readonly node: MimeNode;
  readonly source: Source;
  /** It stands next to the HTML, which shows it. */
  readonly related: boolean;
  /** The caller has composed it with its headers. */
  readonly raw: boolean;
}

/** A message, and the files that did not fit into it. */
export interface Composed {
  readonly mime: Buffer;
  readonly files: readonly FileToAttach[];
}

/** Takes the attachments out of a message that nodemailer has composed, and puts those in again that fit. */
export class Composer {
  readonly #attachments: Attachment[] = [];
  readonly #children = new Map<MimeNode, readonly MimeNode[]>();

  private constructor(private readonly mail: MailMessage) {}

  /** Reads what can be read only once. Fails if something cannot be read. */
  static async open(mail: MailMessage, sources: Sources): Promise<Composer> {
    const composer = new Composer(mail);
    const { message } = mail;
    message.keepBcc = true;
    message.newline ??= "windows";
    if (message._raw) return composer;
    for (const node of leavesOf(message)) {
      if (node._raw) {
        const source = await sources.open(Object.create(node, { content: { value: node._raw } }));
        if (isAttachment(node, mail)) composer.#add(node, source, true);
        else node._raw = await textOf(source);
        continue;
      }
      const source =
        isAttachment(node, mail) || typeof node.content === "object" ? await sources.open(node) : undefined;
      if (!source) continue;
      if (isAttachment(node, mail)) composer.#add(node, source, false);
      else node.content = await textOf(source);
    }
    return composer;
  }

  #add(node: MimeNode, source: Source, raw: boolean): void {
    const { parentNode } = node;
    const related = parentNode !== undefined && /^multipart\/related/.test(valueOf(parentNode, "Content-Type"));
    this.#attachments.push({ node, source, related, raw });
  }

  get hasFiles(): boolean {
    return this.#attachments.length > 0;
  }

  /** The message with as many attachments as fit into `most` bytes. The order of the others is kept. */
  async compose(most: number): Promise<Composed> {
    const all = this.#attachments;
    const whole = all.reduce((sum, { node, source }) => sum + encoded(sizeOf(source)) + headersOf(node), 0);
    if (whole < most) {
      const mime = await this.#build(all);
      if (mime.length <= most) return { mime, files: [] };
    }
    const frame = await this.#build([]);
    if (frame.length > MOST_MIME || (all.length === 0 && frame.length > most)) mustFit(frame.length);
    if (all.length === 0) return { mime: frame, files: [] };
    const inside = choose(all, most - frame.length);
    const built = inside.length > 0 ? await this.#build(inside) : frame;
    const fits = built.length <= most;
    const mime = fits ? built : frame;
    const outside = all.filter((one) => !fits || !inside.includes(one));
    if (outside.length > 0) this.#mustBeMovable(outside);
    return { mime, files: await Promise.all(outside.map((one, index) => fileOf(one, index + 1))) };
  }

  /** Builds the message with these attachments alone. */
  async #build(inside: readonly Attachment[]): Promise<Buffer> {
    const { message } = this.mail;
    const without = new Set(this.#attachments.filter((one) => !inside.includes(one)).map(({ node }) => node));
    for (const { node, source, raw } of inside) node[raw ? "_raw" : "content"] = await bytesOf(source);
    if (without.has(message)) return this.#buildEmpty();
    const parents = new Set(this.#attachments.flatMap(({ node }) => node.parentNode ?? []));
    for (const parent of parents) {
      const children = this.#children.get(parent) ?? parent.childNodes;
      this.#children.set(parent, children);
      parent.childNodes = children.filter((node) => !without.has(node));
      if (parent.childNodes.length === 0) parent.createChild("text/plain").setContent("");
    }
    return message.build();
  }

  /** Builds a message that is nothing but an attachment, without it. */
  async #buildEmpty(): Promise<Buffer> {
    const { message } = this.mail;
    const { content, filename, _headers } = message;
    message._headers = _headers.filter(({ key }) => !/^content-/i.test(key));
    message.setHeader("Content-Type", "text/plain");
    Object.assign(message, { content: "", filename: undefined });
    try {
      return await message.build();
    } finally {
      Object.assign(message, { content, filename, _headers });
    }
  }

  /** A change that a plugin makes to the whole message, such as encryption, would not hold for files outside of it. */
  #mustBeMovable(outside: readonly Attachment[]): void {
    const { _transforms, _processFuncs } = this.mail.message;
    const name = outside[0]!.node.filename || "an attachment";
    if (_transforms?.length || _processFuncs?.length) {
      const why = `A plugin transforms the whole message, so ${name} cannot travel outside of it, and does not fit into one request`;
      throw new Refused("EMESSAGE", `${why}. Remove the plugin, or the file.`);
    }
    for (const { node } of outside) {
      if (node === this.mail.message) continue; // its headers are those of the message
      const own = node._headers.find(({ key }) => !/^content-(type|disposition|transfer-encoding|id)$/i.test(key));
      if (!own) continue;
      const which = `${node.filename || "An attachment"} is too large for the message itself`;
      throw new Refused("EMESSAGE", `${which}, and Graph cannot carry its header ${own.key}. Remove the header.`);
    }
  }
}

/** First the images that the HTML shows; then the others in their order, as long as they fit. */
function choose(all: readonly Attachment[], room: number): Attachment[] {
  const chosen: Attachment[] = [];
  let left = room;
  const take = (one: Attachment): boolean => {
    const size = encoded(sizeOf(one.source)) + headersOf(one.node);
    if (size > left) return false;
    left -= size;
    return chosen.push(one) > 0;
  };
  all.filter(({ related }) => related).forEach(take);
  all.filter(({ related }) => !related).every(take);
  return chosen;
}

/** True for a part that is a file: not the text, not an alternative of it, and not the copy of an event. */
function isAttachment(node: MimeNode, { data }: MailMessage): boolean {
  const { parentNode } = node;
  if (parentNode && /^multipart\/alternative/.test(valueOf(parentNode, "Content-Type"))) return false;
  if (data.icalEvent && valueOf(node, "Content-Type") === "application/ics") return false;
  return node.getHeader("Content-Disposition") !== undefined;
}

async function fileOf({ node, source, related, raw }: Attachment, index: number): Promise<FileToAttach> {
  if (raw) return fileInPart(await bytesOf(source), `attachment-${index}`);
  const cid = node.getHeader("Content-Id");
  const contentId = cid ? String(cid).replace(/^<|>$/g, "") : undefined;
  return {
    file: source,
    name: node.filename || `attachment-${index}`,
    contentType: valueOf(node, "Content-Type") || "application/octet-stream",
    isInline: contentId !== undefined && (related || valueOf(node, "Content-Disposition") === "inline"),
    contentId,
  };
}

async function textOf(source: Source): Promise<Buffer> {
  mustFit(sizeOf(source));
  return bytesOf(source);
}

/** Refuses a text that no request can carry. */
export function mustFit(size: number): void {
  if (size <= MOST_MIME) return;
  const has = `${(size / 1e6).toFixed(1)} MB`;
  const words = `The message without its attachments has ${has}; Graph takes up to 3.1 MB of MIME. Shorten it, or attach parts of it as files.`;
  throw new Refused("EMESSAGE", words, "tooLarge");
}

/** True if the service finds a message too large that a smaller one may replace. */
export const isTooLarge = (error: unknown): boolean =>
  (error instanceof UploadError && error.code === "tooLarge") ||
  (Object(error) as { readonly statusCode?: unknown }).statusCode === 413;
