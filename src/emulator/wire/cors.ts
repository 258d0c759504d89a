import type { Origin, Reply } from "../api.js";
import type { RequestHead } from "../call.js";
import type { Variations } from "../variations.js";

/** The CORS permissions of an origin. */
interface Policy {
  readonly methods: readonly string[];
  /** The request headers that a page may set. If absent, all that it asks for. */
  readonly headers?: readonly string[];
  /** The response headers that a page may read, besides those that it always may. */
  readonly exposed: readonly string[];
}

const policies: Record<Origin, Policy> = {
  // The exposed headers are captured from graph.microsoft.com. It permits every origin.
  graph: {
    methods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    exposed: [
      ...["ETag", "Location", "Preference-Applied", "Content-Range", "request-id", "client-request-id"],
      ...["ReadWriteConsistencyToken", "Retry-After", "SdkVersion", "WWW-Authenticate", "x-ms-client-gcc-tenant"],
    ],
  },
  // The worst case: personal drives refuse SdkVersion (field report), and no source says that Outlook exposes headers.
  outlook: { methods: ["PUT", "GET", "DELETE"], headers: ["content-type", "content-range"], exposed: [] },
  // Personal drives refuse SdkVersion (field reports). The same for business drives and print is a choice.
  drive: { methods: ["PUT", "GET", "DELETE", "POST"], headers: ["content-type", "content-range"], exposed: [] },
  print: { methods: ["PUT", "GET", "DELETE"], headers: ["content-type", "content-range"], exposed: [] },
  // A choice: the headers that an upload needs.
  azureDevOps: {
    methods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    headers: ["authorization", "content-type", "content-range", "accept"],
    exposed: [],
  },
};

/** True for a browser's question whether a page may send a request. */
export const isPreflight = ({ method, headers }: RequestHead): boolean =>
  method === "OPTIONS" && headers.origin !== undefined && headers["access-control-request-method"] !== undefined;

/** Answers a preflight. One that asks for too much gets no permission, so the browser refuses the request. */
export function answerPreflight(head: RequestHead): Reply {
  const { methods, headers } = policies[head.origin];
  const asked = namesIn(head.headers["access-control-request-headers"] ?? "");
  const stray = headers ? asked.filter((name) => !headers.includes(name)) : [];
  const allowed = methods.includes(head.headers["access-control-request-method"] ?? "") && stray.length === 0;
  const grant: Record<string, string> = {
    "access-control-allow-origin": allowedOrigin(head),
    "access-control-allow-methods": methods.join(", "),
    "access-control-allow-headers": (headers ?? asked).join(", "),
  };
  return { status: 200, headers: allowed ? grant : {}, body: Buffer.alloc(0) };
}

/** The headers that let a page of another origin read an answer. None for a request without Origin. */
export function corsHeaders(head: RequestHead, { cors, corsExposeLocation }: Variations): Record<string, string> {
  if (cors === "off" || head.headers.origin === undefined) return {};
  const { exposed } = policies[head.origin];
  const names = head.origin === "outlook" && corsExposeLocation ? ["Location", "Retry-After"] : exposed;
  return {
    "access-control-allow-origin": allowedOrigin(head),
    ...(names.length > 0 ? { "access-control-expose-headers": names.join(", ") } : {}),
  };
}

const allowedOrigin = ({ origin, headers }: RequestHead): string =>
  origin === "graph" ? "*" : (headers.origin ?? "*");

const namesIn = (list: string): string[] =>
  list
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
