import { isObject, type Members } from "../../isObject.js";
import { member, text } from "../../json.js";
import type { Reply, WireRequest } from "../../protocol.js";
import { LongText } from "../../longText.js";
import { json } from "./session.js";

/** One page of a list. */
export interface Page {
  readonly value: readonly unknown[];
  readonly next?: string;
}

const MEMBER = '"contentBytes":"';

/**
 * Does what `JSON.stringify` does, and writes bytes in `contentBytes` as base64. Base64 needs no escapes, so it is inserted as
 * it is. Bytes become base64 while they are sent.
 */
function jsonOf(body: object): string | LongText {
  const cut: (string | Uint8Array)[] = [];
  const isBase64 = (value: unknown): value is string => typeof value === "string" && !/[^\w+/=-]/.test(value);
  const cutOut = (name: string, value: unknown) =>
    name === "contentBytes" && (value instanceof Uint8Array || isBase64(value)) ? (cut.push(value), "") : value;
  const [first = "", ...more] = JSON.stringify(body, cutOut).split(`${MEMBER}"`);
  const parts = more.flatMap((text, index) => [MEMBER, cut[index] ?? "", `"${text}`]);
  return cut.length === 0 ? first : new LongText([first, ...parts]);
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
