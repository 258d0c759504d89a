import { createAzureDevOps } from "./azureDevOps/service.js";
import type { Call, Context, Exchange } from "./call.js";
import { answerPreflight, corsHeaders, isPreflight } from "./wire/cors.js";
import { answerGraph } from "./graph/answer.js";
import { addEvent, addMessage, eventsOf, mailboxFixture } from "./mail/mailbox.js";
import { answerOutlookHost, outlookSessionAt } from "./sessions/outlookHost.js";
import { sessionNotFound } from "./replies.js";
import { logEntry, readRequest } from "./requestKind.js";
import { Store, userId, userName, type StoredSession } from "./items/store.js";
import { todoSessionOf } from "./sessions/todo.js";
import { Traffic } from "./traffic.js";
import type { EmulatorOptions, Fixture, Reply, RequestHead, RequestLogEntry, ServiceRequest } from "./types.js";
import { defaultVariations, type Variations } from "./variations.js";

/** What the core needs to know of its surroundings; URLs absolute, with a slash at the end. */
export interface ServiceOptions extends EmulatorOptions {
  readonly graphUrl: string;
  readonly outlookUrl: string;
  /** @default "https://azure-devops/" */
  readonly azureDevOpsUrl?: string;
}

/** Graph, the Outlook upload host and Azure DevOps without sockets and timers. */
export interface Service extends Fixture {
  readonly token: string;
  /** The answer to a browser's preflight, which counts for nothing; undefined for every other request. */
  preflight(head: RequestHead): Reply | undefined;
  /** What an answer needs beside its own headers for a page of another origin to read it. */
  corsHeaders(head: RequestHead): Record<string, string>;
  open(head: RequestHead): Exchange;
  /** A whole request at once. */
  handle(request: ServiceRequest): Reply;
  reset(): void;
}

/** Makes the pure core: it does no I/O and takes its time from `options.now`. */
export function createService(options: ServiceOptions): Service {
  const { graphUrl, outlookUrl, token = "emulator-access-token", now = Date.now } = options;
  let vary: Variations = { ...defaultVariations, ...options.vary };
  let answered = 0;
  const store = new Store(now);
  const traffic = new Traffic(now);
  const requests: RequestLogEntry[] = [];
  const context: Context = {
    ...{ graphUrl, outlookUrl, token, now, store },
    get vary() {
      return vary;
    },
  };

  const azureDevOps = createAzureDevOps({
    azureDevOpsUrl: options.azureDevOpsUrl ?? "https://azure-devops/",
    now,
    options: options.azureDevOps,
    vary: () => vary,
  });

  function open(head: RequestHead): Exchange {
    const exchange = head.origin === "azureDevOps" ? azureDevOps.open(head) : openGraph(head);
    requests.push(exchange.entry);
    return exchange;
  }

  function preflight(head: RequestHead): Reply | undefined {
    if (vary.cors === "off" || !isPreflight(head)) return undefined;
    const reply = answerPreflight(head);
    requests.push({ ...logEntry(head, "preflight", false), status: reply.status });
    return reply;
  }

  function openGraph(head: RequestHead): Exchange {
    const { entry, route } = readRequest(head, token);
    const session =
      head.origin === "outlook" ? outlookSessionAt(context, head.url) : route && todoSessionOf(context, { route });
    const item = session?.item ?? (route && store.find(route));
    const mailbox = mailboxOf(route?.user);
    const writes = head.method !== "GET" && head.method !== "HEAD";
    const admitted = head.origin === "outlook" ? head.headers.authorization === undefined : entry.authorized;
    const passage = traffic.enter(mailbox, writes && admitted ? item?.id : undefined);
    const finish = (reply: Reply): Reply => withIds(reply, head, now(), ++answered);
    return {
      head,
      entry,
      answer: (body, keep) => {
        const counted = admitted && (head.origin === "graph" || vary.countOutlookRequests);
        const full = counted ? traffic.count(mailbox, writes ? body.length : 0, vary) : undefined;
        const refused = admitted ? (traffic.refuse(passage, vary) ?? full) : undefined;
        return finish(refused ?? answer(context, { head, body, keep }));
      },
      dropSession: (status) => finish(drop(session, status)),
      contested: passage.others.length > 0,
      close: () => traffic.leave(passage),
      abandon: () => traffic.abandon(passage),
    };
  }

  function handle({ body, ...head }: ServiceRequest): Reply {
    const exchange = open(head);
    const reply = exchange.answer(body);
    exchange.entry.bodyBytes = body.length;
    exchange.entry.status = reply.status;
    exchange.close();
    return reply;
  }

  return {
    token,
    preflight,
    corsHeaders: (head) => corsHeaders(head, vary),
    open,
    handle,
    requests,
    azureDevOps: azureDevOps.fixture,
    get sessions() {
      return store.sessions.map((session) => store.describe(session));
    },
    addMessage: (init) => addMessage(store, init),
    addEvent: (init) => addEvent(store, init),
    addTask: (init) => store.addItem("task", { properties: { subject: init?.subject ?? "" } }),
    addAttachment: (item, file) => store.attach(store.get(item), { ...file, via: "post" }),
    attachments: (item) => [...store.get(item).attachments],
    mailbox: mailboxFixture(store),
    events: () => eventsOf(store),
    vary: (changes) => void (vary = { ...vary, ...changes }),
    reset: () => {
      store.clear();
      traffic.clear();
      azureDevOps.reset();
      requests.length = 0;
    },
  };
}

/** One mailbox has several names; that of `/me` is the user's. */
function mailboxOf(user: string = userId): string {
  return user.toLowerCase() === userName ? userId : user.toLowerCase();
}

const answer = (context: Context, call: Call): Reply =>
  call.head.origin === "outlook" ? answerOutlookHost(context, call) : answerGraph(context, call);

function drop(session: StoredSession | undefined, status?: number): Reply {
  if (session) session.ended = "deleted";
  return sessionNotFound(status);
}

/** Request ids on the reply, and in `innerError` of an error; the Outlook host writes `requestId` (field report). */
function withIds(reply: Reply, head: RequestHead, time: number, count: number): Reply {
  const id = `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`;
  const client = head.headers["client-request-id"] ?? id;
  const headers = { ...reply.headers, "request-id": id, "client-request-id": client };
  const text = reply.status >= 400 ? reply.body.toString() : "";
  if (!text.includes('"innerError":{}')) return { ...reply, headers };
  const date = new Date(time).toISOString().slice(0, 19);
  const ids =
    head.origin === "outlook" ? { requestId: id, date } : { date, "request-id": id, "client-request-id": client };
  return {
    ...reply,
    headers,
    body: Buffer.from(text.replace('"innerError":{}', `"innerError":${JSON.stringify(ids)}`)),
  };
}
