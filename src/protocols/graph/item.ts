import type { Reply, WireRequest } from "../../protocol.js";
import { json } from "./session.js";

/** What is asked of an item on its way: pure requests, and what their replies say. */
export const item = {
  create: (url: string, body: object, headers = {}): WireRequest => ({
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
  members: ({ status, body }: Reply): Record<string, unknown> | undefined =>
    status < 300 && typeof body === "object" && body !== null ? (body as Record<string, unknown>) : undefined,
};
