import type { Reply, RequestLogEntry } from "./api.js";
import type { Call, Context, Exchange, RequestHead } from "./call.js";
import { sessionNotThere } from "./drive/replies.js";
import { driveSessionAt, endSession } from "./drive/session.js";
import { answerDriveHost } from "./drive/uploadHost.js";
import { answerGraph } from "./graph/answer.js";
import type { Route } from "./graph/path.js";
import { userId, userName, type StoredSession } from "./items/store.js";
import { endSession as endPrintSession, printSessionAt } from "./print/session.js";
import { answerPrintHost } from "./print/uploadHost.js";
import { sessionNotFound } from "./replies.js";
import { readRequest } from "./requestKind.js";
import { answerOutlookHost, outlookSessionAt } from "./sessions/outlookHost.js";
import { todoSessionOf } from "./sessions/todo.js";
import type { Traffic } from "./traffic.js";

interface Opening {
  readonly head: RequestHead;
  readonly entry: RequestLogEntry;
  readonly route?: Route;
  /** What every answer gets last: its request ids. */
  finish(reply: Reply): Reply;
}

/** Begins a request to Graph or one of its upload hosts. */
export function openExchange(
  context: Context,
  traffic: Traffic,
  head: RequestHead,
  finish: Opening["finish"],
): Exchange {
  const opening = { head, finish, ...readRequest(head, context.token) };
  const inMailbox = head.origin === "outlook" || opening.route !== undefined;
  return inMailbox ? openInMailbox(context, traffic, opening) : openElsewhere(context, traffic, opening);
}

/** Messages, events and tasks: what goes on in one mailbox is limited. */
function openInMailbox(context: Context, traffic: Traffic, { head, entry, route, finish }: Opening): Exchange {
  const { store } = context;
  const onOutlook = head.origin === "outlook";
  const session = onOutlook ? outlookSessionAt(context, head.url) : route && todoSessionOf(context, { route });
  const item = session?.item ?? (route && store.find(route));
  const mailbox = mailboxOf(route?.user);
  const writes = head.method !== "GET" && head.method !== "HEAD";
  const admitted = onOutlook ? head.headers.authorization === undefined : entry.authorized;
  const passage = traffic.enter(mailbox, writes && admitted ? item?.id : undefined);
  return {
    head,
    entry,
    answer: (body, keep) => {
      const { vary } = context;
      const counted = admitted && (!onOutlook || vary.countOutlookRequests);
      const full = counted ? traffic.count(mailbox, writes ? body.length : 0, vary) : undefined;
      const refused = admitted ? (traffic.refuse(passage, vary) ?? full) : undefined;
      const call: Call = { head, body, keep };
      return finish(refused ?? (onOutlook ? answerOutlookHost(context, call) : answerGraph(context, call)));
    },
    dropSession: (status) => finish(drop(session, status)),
    contested: passage.others.length > 0,
    close: () => traffic.leave(passage),
    abandon: () => traffic.abandon(passage),
  };
}

/** Drives and print documents, which only their own hosts limit. */
function openElsewhere(context: Context, traffic: Traffic, { head, entry, finish }: Opening): Exchange {
  const printSession = head.origin === "print" ? printSessionAt(context, head.url) : undefined;
  const driveSession = head.origin === "drive" ? driveSessionAt(context, head.url) : undefined;
  const ranges = printSession && head.method === "PUT";
  const passage = ranges ? traffic.enter(`print session ${printSession.id}`, undefined) : undefined;
  return {
    head,
    entry,
    answer: (body, keep) => {
      const call: Call = { head, body, keep };
      if (head.origin === "drive") return finish(answerDriveHost(context, call));
      if (head.origin === "graph") return finish(answerGraph(context, call));
      const others = passage?.others.filter(({ abandoned }) => !abandoned).length ?? 0;
      return finish(answerPrintHost(context, call, others));
    },
    dropSession: (status) => {
      if (driveSession) endSession(driveSession, "deleted");
      if (printSession) endPrintSession(printSession, "deleted");
      return finish(driveSession ? sessionNotThere(status) : sessionNotFound(status));
    },
    contested: (passage?.others.length ?? 0) > 0,
    close: () => passage && traffic.leave(passage),
    abandon: () => passage && traffic.abandon(passage),
  };
}

/** One mailbox has several names; that of `/me` is the user's. */
function mailboxOf(user: string = userId): string {
  return user.toLowerCase() === userName ? userId : user.toLowerCase();
}

function drop(session: StoredSession | undefined, status?: number): Reply {
  if (session) session.ended = "deleted";
  return sessionNotFound(status);
}
