import { isObject, type Members } from "../../json.js";
import type { Reply, WireRequest } from "../../protocol.js";
import { json } from "./session.js";

/** Requests about a single resource, and the reading of their replies. */
export const item = {
  create: (url: string, body: object, headers: Readonly<Record<string, string>> = {}): WireRequest => ({
    method: "POST",
    url,
    headers: { ...json, ...headers },
    body: JSON.stringify(body),
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
  /** The resource in a success. */
  members: ({ status, body }: Reply): Members | undefined => (status < 300 && isObject(body) ? body : undefined),
};
