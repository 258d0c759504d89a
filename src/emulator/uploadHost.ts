import type { Reply, RequestKind } from "./api.js";
import type { Call, RequestHead } from "./call.js";
import type { Context } from "./context.js";
import { empty, methodNotAllowed, sessionNotFound } from "./replies.js";
import type { UploadSession } from "./uploadSession.js";

/** The parts of an upload host that differ between the services. Every `refuse…` returns undefined for a valid request. */
export interface HostRules<Session extends UploadSession> {
  /** The session of an upload URL. */
  find(context: Context, url: string): Session | undefined;
  /** Refuses a request that carries an Authorization header. */
  refuseToken(context: Context): Reply | undefined;
  /** Answers a URL that no session has. */
  refuseUnknown(context: Context, url: string): Reply;
  /** Refuses a URL that leads to the session but is not valid. */
  refuseUrl?(context: Context, session: Session, url: string): Reply | undefined;
  /** Refuses a session that is over. */
  refuseEnded?(context: Context, session: Session): Reply | undefined;
  badRequest(message: string): Reply;
  /** `others` is the number of other requests to the session that are in progress. */
  put(context: Context, session: Session, call: Call, others: number): Reply;
  get(context: Context, session: Session): Reply;
  post?(context: Context, session: Session, call: Call): Reply;
  /** Marks the session as deleted, and frees its bytes. */
  discard(session: Session): void;
  /** The answer to a session that a fault drops. @default that of Graph */
  gone?(status: number | undefined): Reply;
  /** Answers requests that are not for a session, by their path: downloads, the progress of copies. */
  pages?: { readonly [path: string]: (context: Context, call: Call) => Reply };
}

/** A host that takes the bytes of upload sessions. An upload URL is its own credential there. */
export interface UploadHost {
  kindOf(head: RequestHead): RequestKind;
  answer(context: Context, call: Call, others: number): Reply;
  /** Drops the session of an upload URL, as a fault asks for. */
  drop(context: Context, url: string, status?: number): Reply;
}

/** The headers that fetch and HTTP libraries add, and those of a range. `refuseToken` decides on `authorization`. */
const knownHeaders =
  /^(?:content-(?:type|length|range)|transfer-encoding|host|accept(?:-.*)?|user-agent|connection|sec-.*|origin|referer|cache-control|pragma|priority|expect|authorization)$/;

/** Makes an upload host. Each one checks the token first, then the URL, the headers, the session and the method. */
export function uploadHost<Session extends UploadSession>(rules: HostRules<Session>): UploadHost {
  const pageAt = (url: string) => rules.pages?.[new URL(url).pathname];

  function answer(context: Context, call: Call, others: number): Reply {
    const { headers, url } = call.head;
    const refused = headers.authorization === undefined ? undefined : rules.refuseToken(context);
    if (refused) return refused;
    const page = pageAt(url);
    if (page) return page(context, call);
    const session = rules.find(context, url);
    if (!session) return rules.refuseUnknown(context, url);
    return (
      rules.refuseUrl?.(context, session, url) ??
      refuseHeaders(context, headers) ??
      rules.refuseEnded?.(context, session) ??
      answerSession(context, session, call, others)
    );
  }

  function refuseHeaders({ vary }: Context, headers: RequestHead["headers"]): Reply | undefined {
    if (vary.uploadHostHeaders === "ignore") return undefined;
    const stray = Object.keys(headers).filter((name) => !knownHeaders.test(name));
    if (stray.length === 0) return undefined;
    return rules.badRequest(`The upload host does not accept these headers: ${stray.join(", ")}.`);
  }

  function answerSession(context: Context, session: Session, call: Call, others: number): Reply {
    switch (call.head.method) {
      case "PUT":
        return rules.put(context, session, call, others);
      case "GET":
        return rules.get(context, session);
      case "DELETE":
        rules.discard(session);
        return empty(204);
      case "POST":
        return rules.post?.(context, session, call) ?? methodNotAllowed();
      default:
        return methodNotAllowed();
    }
  }

  return {
    answer,
    kindOf: ({ method, url }) => {
      if (pageAt(url)) return "read";
      return method === "POST" && !rules.post ? "other" : (kinds[method] ?? "other");
    },
    drop: (context, url, status) => {
      const session = rules.find(context, url);
      if (session) rules.discard(session);
      return (session && rules.gone?.(status)) ?? sessionNotFound(status);
    },
  };
}

const kinds: Record<string, RequestKind> = { PUT: "range", GET: "status", DELETE: "cancel", POST: "commit" };

/** Decodes an upload URL for comparison with a rewritten one. */
export function decodeLoosely(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}
