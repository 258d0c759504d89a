import type { Reply, WireRequest } from "../protocol.js";
import { item } from "./graph/item.js";
import { member, text } from "./graph/reply.js";

/** Who a link is for: everyone of the organisation, everyone who has it, or only people who were invited. */
export type LinkScope = "organization" | "anonymous" | "users";

/** What is known of a file in a drive that others are to reach. */
export interface SharedFile {
  readonly id: string;
  readonly name: string;
  readonly size: number;
}

export const createLink = (url: string, scope: LinkScope): WireRequest =>
  item.create(`${url}/createLink`, { type: "view", scope });

/** The address of a sharing link; asking again for the same link answers the same one (docs: driveitem-createlink). */
export function readLink(reply: Reply): string | undefined {
  return reply.status < 300 ? text(member(member(reply.body, "link"), "webUrl")) : undefined;
}

/** An attachment that is a link. v1.0 has no address for it and refuses it; beta takes it (docs: referenceattachment). */
export const attachReference = (collection: string, name: string, sourceUrl: string): WireRequest =>
  item.create(collection, {
    "@odata.type": "#microsoft.graph.referenceAttachment",
    name,
    sourceUrl,
    providerType: "oneDriveBusiness",
    permission: "view",
    isFolder: false,
  });

/** Lets people open a file, without a mail to them. */
export const invite = (url: string, recipients: readonly object[]): WireRequest =>
  item.create(`${url}/invite`, { recipients, requireSignIn: true, sendInvitation: false, roles: ["write"] });

interface ItemBody {
  readonly contentType: string;
  readonly content: string;
}

/** The body of a message or event. */
export function readBody(reply: Reply): ItemBody | undefined {
  const body = member(reply.body, "body");
  if (reply.status >= 300 || typeof body !== "object") return undefined;
  return { contentType: text(member(body, "contentType")) ?? "text", content: text(member(body, "content")) ?? "" };
}

const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as HTML shows it. */
export const escaped = (plain: string) => plain.replace(/[&<>"]/g, (mark) => ESCAPES[mark]!);

/** A body that names a link at its end; the same one where it does already. */
export function bodyWithLink(body: ItemBody, name: string, url: string): ItemBody {
  const { contentType, content } = body;
  const html = contentType.toLowerCase() === "html";
  if (content.includes(html ? escaped(url) : url)) return body;
  if (!html) return { contentType, content: `${content}\n\n${name}: ${url}\n` };
  const link = `<p><a href="${escaped(url)}">${escaped(name)}</a></p>`;
  const end = /^.*(?=<\/body>)/is.exec(content)?.[0].length ?? content.length;
  return { contentType, content: content.slice(0, end) + link + content.slice(end) };
}
