import type { Origin, Reply } from "../api.js";
import type { RequestHead } from "../call.js";
import type { Variations } from "../variations.js";

/** What an origin lets pages of other origins do. */
interface Policy {
  readonly methods: readonly string[];
  /** Request headers that a page may set; absent: whatever it asks for. */
  readonly headers?: readonly string[];
  /** Response headers that a page may read, beyond those that it always may. */
  readonly exposed: readonly string[];
}

const policies: Record<Origin, Policy> = {
  // The exposed headers are as captured from graph.microsoft.com; any origin may ask.
  graph: {
    methods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    exposed: [
      ...["ETag", "Location", "Preference-Applied", "Content-Range", "request-id", "client-request-id"],
      ...["ReadWriteConsistencyToken", "Retry-After", "SdkVersion", "WWW-Authenticate", "x-ms-client-gcc-tenant"],
    ],
  },
  // Feared: the host of personal drives refuses SdkVersion (field report), and no source says that this one exposes any.
  outlook: { methods: ["PUT", "GET", "DELETE"], headers: ["content-type", "content-range"], exposed: [] },
  // Field reports for personal drives: SdkVersion is refused. That business drives and print are as strict is a choice.
  drive: { methods: ["PUT", "GET", "DELETE", "POST"], headers: ["content-type", "content-range"], exposed: [] },
  print: { methods: ["PUT", "GET", "DELETE"], headers: ["content-type", "content-range"], exposed: [] },
  // A choice: what the upload of an attachment needs.
  azureDevOps: {
    methods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    headers: ["authorization", "content-type", "content-range", "accept"],
    exposed: [],
  },
};

/** Whether a browser asks if a page may send a request, before it sends it. */
export const isPreflight = ({ method, headers }: RequestHead): boolean =>
  method === "OPTIONS" && headers.origin !== undefined && headers["access-control-request-method"] !== undefined;

/** The answer to a preflight: one that asks for too much is allowed nothing, so that the browser refuses. */
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

/** What lets a page of another origin read an answer; nothing where the request has no origin. */
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
