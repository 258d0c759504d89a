import type { Origin, Reply, RequestKind } from "./api.js";
import { carries, type Call, type Exchange, type RequestHead } from "./call.js";
import type { Context } from "./context.js";
import { driveHost } from "./drive/host.js";
import { answerGraph } from "./graph/answer.js";
import { isItemRoute, routeOf } from "./graph/routes.js";
import type { ItemRoute } from "./items/routes.js";
import { userId, userName } from "./items/store.js";
import { printHost } from "./print/host.js";
import { printSessionAt } from "./print/session.js";
import { empty, refuse, sessionNotFound } from "./replies.js";
import { logEntry } from "./requestLog.js";
import { kindOf } from "./router.js";
import { outlookHost, outlookSessionAt } from "./sessions/outlook.js";
import { deleteSession } from "./sessions/session.js";
import { todoSessionOf } from "./sessions/todo.js";
import type { Passage, Traffic } from "./traffic.js";
import type { UploadHost } from "./uploadHost.js";

const hosts: { readonly [origin in Origin]?: UploadHost } = {
  outlook: outlookHost,
  drive: driveHost,
  print: printHost,
};

/** Begins a request to Graph or one of its upload hosts. `finish` completes every answer. */
export function openExchange(
  context: Context,
  traffic: Traffic,
  given: RequestHead,
  finish: (reply: Reply) => Reply,
): Exchange {
  const redirect = redirectOf(context, given);
  const head = { ...given, url: given.url.replace(moved, "/") };
  const host = hosts[head.origin];
  const route = host ? undefined : routeOf(head.url);
  const itemRoute = isItemRoute(route) ? route : undefined;
  const kind = host?.kindOf(head) ?? kindOf(route, head.method);
  const authorized = carries(head, context.token);
  const limits =
    itemRoute || host === outlookHost
      ? enterMailbox(context, traffic, head, itemRoute, kind)
      : host === printHost && enterPrintSession(context, traffic, head);
  const passage = limits ? limits.passage : undefined;
  return {
    head,
    entry: logEntry(head, kind, authorized, context.now()),
    answer: (body, keep, mime) => {
      if (redirect) return finish(redirect);
      const call: Call = { head, body, keep, mime };
      const refused = limits ? limits.refuse(body) : undefined;
      const others = passage ? othersIn(passage) : 0;
      const reply = refused ?? (host ? host.answer(context, call, others) : answerGraph(context, call, route));
      return finish(hasFailed(context, kind, reply) ? failure(context.vary.createdFailure) : reply);
    },
    dropSession: (status) => {
      if (host) return finish(host.drop(context, head.url, status));
      const session = itemRoute && todoSessionOf(context, { route: itemRoute });
      if (session) deleteSession(session);
      return finish(sessionNotFound(status));
    },
    contested: passage !== undefined && passage.others.length > 0,
    close: () => passage && traffic.leave(passage),
    abandon: () => passage && traffic.abandon(passage),
  };
}

const creations: readonly RequestKind[] = ["draft", "folder", "post", "create"];

/** True if the variation hides that something was created. */
function hasFailed({ store, vary }: Context, kind: RequestKind, { status }: Reply): boolean {
  const hides = creations.includes(kind) && status < 300 && store.failures < vary.createdFailures;
  if (hides) store.failures++;
  return hides;
}

/** The codes are from field reports (sdk-ruby #38 and docs #133, where the message is empty). */
const failure = (status: 503 | 504): Reply =>
  refuse(status, status === 503 ? "ConcurrentItemSave" : "UnknownError", "");

const moved = "/moved/";

/** The redirect that a variation asks for. */
function redirectOf({ vary, graphUrl, driveUrl, drives }: Context, { origin, url }: RequestHead): Reply | undefined {
  if ((origin === "graph" || origin === "drive") && drives.throttled < vary.throttleRedirects) {
    drives.throttled++;
    return empty(302, { location: `${driveUrl}_layouts/15/Throttle.htm` });
  }
  if (origin !== "graph" || vary.graphRedirect === "none" || url.includes(moved)) return undefined;
  const path = url.slice(graphUrl.length);
  return vary.graphRedirect === "within"
    ? empty(307, { location: `${moved}${path}` })
    : empty(308, { location: `https://elsewhere.example/${path}` });
}

/** The limits on a request, from its arrival on. */
interface Limits {
  readonly passage: Passage;
  refuse(body: Buffer): Reply | undefined;
}

/** The limits of a mailbox, which messages, events and tasks share. */
function enterMailbox(
  context: Context,
  traffic: Traffic,
  head: RequestHead,
  route: ItemRoute | undefined,
  kind: RequestKind,
): Limits {
  const onOutlook = route === undefined;
  const session = onOutlook ? outlookSessionAt(context, head.url) : todoSessionOf(context, { route });
  const item = session?.item ?? (route && context.store.find(route));
  const mailbox = mailboxOf(route ? route.keys.user : session?.user); // an upload URL names its session, not who signed in
  const writes = head.method !== "GET" && head.method !== "HEAD";
  const opens = kind === "create" && item?.kind !== "task" && !context.vary.sessionConflicts;
  const admitted = onOutlook ? head.headers.authorization === undefined : carries(head, context.token);
  const passage = traffic.enter(mailbox, writes && admitted && !opens ? item?.id : undefined);
  return {
    passage,
    refuse: (body) => {
      const { vary } = context;
      if (!admitted) return undefined;
      const counted = !onOutlook || vary.countOutlookRequests;
      const full = counted ? traffic.count(mailbox, writes ? body.length : 0, vary) : undefined;
      return traffic.refuse(passage, vary) ?? full;
    },
  };
}

/** The limit of a print session. Its host refuses what is too much. */
function enterPrintSession(context: Context, traffic: Traffic, head: RequestHead): Limits | undefined {
  const session = head.method === "PUT" ? printSessionAt(context, head.url) : undefined;
  return session && { passage: traffic.enter(`print session ${session.id}`, undefined), refuse: () => undefined };
}

const othersIn = ({ others }: Passage): number => others.filter(({ abandoned }) => !abandoned).length;

/** The mailbox of a user, by id or name. `/me` is that of the signed-in user. */
function mailboxOf(user: string = userId): string {
  return user.toLowerCase() === userName ? userId : user.toLowerCase();
}
