import { member, text } from "../json.js";
import type { LinkScope } from "../options.js";
import type { Reply, WireRequest } from "../protocol.js";
import { item } from "./graph/item.js";

export const createLink = (url: string, scope: LinkScope): WireRequest =>
  item.create(`${url}/createLink`, { type: "view", scope });

/** The address of a sharing link. Asking again for the same link returns the same one (docs: driveitem-createlink). */
export function readLink(reply: Reply): string | undefined {
  return reply.status < 300 ? text(member(member(reply.body, "link"), "webUrl")) : undefined;
}

/** A link attachment. v1.0 has no address in it and refuses it; beta takes it (docs: referenceattachment). */
export const attachReference = (collection: string, name: string, sourceUrl: string): WireRequest =>
  item.create(collection, {
    "@odata.type": "#microsoft.graph.referenceAttachment",
    name,
    sourceUrl,
    providerType: "oneDriveBusiness",
    permission: "view",
    isFolder: false,
  });

/** Gives people access to a file without sending them mail. */
export const invite = (url: string, recipients: readonly object[]): WireRequest =>
  item.create(`${url}/invite`, { recipients, requireSignIn: true, sendInvitation: false, roles: ["write"] });

interface ItemBody {
  readonly contentType: string;
  readonly content: string;
}

/** The text of a message or event. */
export function readBody(reply: Reply): ItemBody | undefined {
  const body = member(reply.body, "body");
  if (reply.status >= 300 || typeof body !== "object") return undefined;
  return { contentType: text(member(body, "contentType")) ?? "text", content: text(member(body, "content")) ?? "" };
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Escapes text for HTML. */
export const escaped = (plain: string) => plain.replace(/[&<>"]/g, (mark) => ESCAPES[mark] ?? mark);

/** Appends a link to a text. Returns the same text if it already contains the link. */
export function bodyWithLink(body: ItemBody, name: string, url: string): ItemBody {
  const { contentType, content } = body;
  const html = contentType.toLowerCase() === "html";
  if (content.includes(html ? escaped(url) : url)) return body;
  if (!html) return { contentType, content: `${content}\n\n${name}: ${url}\n` };
  const link = `<p><a href="${escaped(url)}">${escaped(name)}</a></p>`;
  const end = /^.*(?=<\/body>)/is.exec(content)?.[0].length ?? content.length;
  return { contentType, content: content.slice(0, end) + link + content.slice(end) };
}
