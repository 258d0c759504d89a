import { isObject, type Members } from "../../isObject.js";
import { member, text } from "../../json.js";
import type { Reply, WireRequest } from "../../protocol.js";
import { json } from "./session.js";

/** One page of a list. */
export interface Page {
  readonly value: readonly unknown[];
  readonly next?: string;
}

/** As `JSON.stringify`, which looks at every character of a string. Base64 needs no escapes, so it is put in as it is. */
function jsonOf(body: object): string {
  const texts: string[] = [];
  const cut = (name: string, value: unknown) =>
    name === "contentBytes" && typeof value === "string" && !/[^\w+/=-]/.test(value) ? (texts.push(value), "") : value;
  return JSON.stringify(body, cut).replace(/"contentBytes":""/g, () => `"contentBytes":"${texts.shift()}"`);
}

/** Requests about a single resource, and the reading of their replies. */
export const item = {
  create: (url: string, body: object, headers: Readonly<Record<string, string>> = {}): WireRequest => ({
    method: "POST",
    url,
    headers: { ...json, ...headers },
    body: jsonOf(body),
    to: "api",
  }),
  /** Creates or sends a message from MIME in base64 (docs: outlook-send-mime-message). */
  mime: (url: string, base64: string, headers: Readonly<Record<string, string>> = {}): WireRequest => ({
    method: "POST",
    url,
    headers: { "Content-Type": "text/plain", ...headers },
    body: base64,
    to: "api",
  }),
  send: (url: string): WireRequest => ({ method: "POST", url: `${url}/send`, to: "api" }),
  change: (url: string, body: object): WireRequest => ({
    method: "PATCH",
    url,
    headers: json,
    body: JSON.stringify(body),
    to: "api",
  }),
  read: (url: string, members?: string): WireRequest => ({
    method: "GET",
    url: members ? `${url}?$select=${members}` : url,
    to: "api",
  }),
  discard: (url: string): WireRequest => ({ method: "DELETE", url, to: "api" }),
  /** A success of a request whose reply has no content. A page in HTML is not one: a proxy wrote it. */
  done: ({ status, body }: Reply): true | undefined => (status < 300 && typeof body !== "string" ? true : undefined),
  /** The attachments of an item, with their sizes. */
  list: (url: string): WireRequest => item.read(`${url}/attachments`, "id,name,size"),
  page({ status, body }: Reply): Page | undefined {
    const value = member(body, "value");
    return status < 300 && Array.isArray(value) ? { value, next: text(member(body, "@odata.nextLink")) } : undefined;
  },
  /** The resource in a success. */
  members: ({ status, body }: Reply): Members | undefined => (status < 300 && isObject(body) ? body : undefined),
};
