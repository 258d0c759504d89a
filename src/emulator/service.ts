import type { EmulatorOptions, Fixture, Reply, RequestLogEntry, SessionInfo, UploadInfo } from "./api.js";
import { createAzureDevOps } from "./azureDevOps/service.js";
import type { Exchange, RequestHead, ServiceRequest } from "./call.js";
import type { Context } from "./context.js";
import { driveFixture } from "./drive/fixture.js";
import { DriveStore } from "./drive/store.js";
import { openExchange } from "./exchanges.js";
import { Store } from "./items/store.js";
import { addEvent, addMessage, eventsOf, mailboxFixture } from "./mail/mailbox.js";
import { printFixture } from "./print/fixture.js";
import { PrintStore } from "./print/store.js";
import { logEntry, noteBody, noteReply, Subjects } from "./requestLog.js";
import { teamsFixture } from "./teams/fixture.js";
import { TeamsStore } from "./teams/store.js";
import { drawTimeline } from "./timeline/draw.js";
import { groupUploads } from "./timeline/uploads.js";
import { Traffic } from "./traffic.js";
import { defaultVariations, type Variations } from "./variations.js";
import { answerPreflight, corsHeaders, isPreflight } from "./wire/cors.js";

/** The options of the core. URLs are absolute, with a slash at the end. */
export interface ServiceOptions extends EmulatorOptions {
  readonly graphUrl: string;
  readonly outlookUrl: string;
  /** @default "https://drive/" */
  readonly driveUrl?: string;
  /** @default "https://print/" */
  readonly printUrl?: string;
  /** @default "https://azure-devops/" */
  readonly azureDevOpsUrl?: string;
}

/** Graph, its upload hosts and Azure DevOps without sockets and timers. */
export interface Service extends Fixture {
  readonly token: string;
  readonly now: () => number;
  /** The answer to a browser's preflight, which no limit counts. Undefined for every other request. */
  preflight(head: RequestHead): Reply | undefined;
  /** The headers that let a page of another origin read an answer. */
  corsHeaders(head: RequestHead): Record<string, string>;
  open(head: RequestHead): Exchange;
  /** Processes a whole request. */
  handle(request: ServiceRequest): Reply;
  reset(): void;
}

/** Makes the pure core: it does no I/O and takes its time from `options.now`. */
export function createService(options: ServiceOptions): Service {
  const { graphUrl, outlookUrl, driveUrl = "https://drive/", printUrl = "https://print/" } = options;
  const { token = "emulator-access-token", now = Date.now } = options;
  let vary: Variations = { ...defaultVariations, ...options.vary };
  let answered = 0;
  const store = new Store(now);
  const drives = new DriveStore(now, () => vary.driveKind);
  const print = new PrintStore();
  const teams = new TeamsStore(now);
  const sessions: (() => SessionInfo)[] = [];
  const traffic = new Traffic(now);
  const requests: RequestLogEntry[] = [];
  const subjects = new Subjects();
  const context: Context = {
    ...{ graphUrl, outlookUrl, driveUrl, printUrl, token, now, store, drives, print, teams },
    noteSession: (describe) => {
      sessions.push(describe);
      subjects.add(describe());
    },
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

  function open(sent: RequestHead): Exchange {
    const head = { ...sent, url: inOneSpelling(sent.url) };
    const exchange =
      head.origin === "azureDevOps"
        ? azureDevOps.open(head)
        : openExchange(context, traffic, head, (reply) => withIds(reply, head, now(), ++answered));
    requests.push(exchange.entry);
    return subjects.note(exchange);
  }

  function preflight(head: RequestHead): Reply | undefined {
    if (vary.cors === "off" || !isPreflight(head)) return undefined;
    const reply = answerPreflight(head);
    const entry = logEntry(head, "preflight", false, now());
    noteReply(entry, reply, now());
    requests.push(entry);
    return reply;
  }

  function handle({ body, ...head }: ServiceRequest): Reply {
    const exchange = open(head);
    const reply = exchange.answer(body);
    exchange.entry.bodyBytes = body.length;
    noteBody(exchange.entry, body);
    noteReply(exchange.entry, reply, now());
    exchange.close();
    return reply;
  }

  const uploads = (): UploadInfo[] =>
    groupUploads(
      requests,
      sessions.map((describe) => describe()),
      azureDevOps.fixture.attachments(),
    );
  return {
    token,
    now,
    preflight,
    corsHeaders: (head) => corsHeaders(head, vary),
    open,
    handle,
    requests,
    uploads,
    timeline: (drawn) => drawTimeline(uploads(), drawn),
    azureDevOps: azureDevOps.fixture,
    drive: driveFixture(context, { owner: "me" }),
    print: printFixture(print),
    teams: teamsFixture(context),
    get sessions() {
      return sessions.map((describe) => describe());
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
      drives.clear();
      print.clear();
      teams.clear();
      sessions.length = 0;
      traffic.clear();
      azureDevOps.reset();
      requests.length = 0;
      subjects.clear();
    },
  };
}

/**
 * node-fetch 2 sends each apostrophe as %27, and others write %2c for %2C (RFC 3986, 6.2.2.1): servers take these for the same URL.
 * No other change of an upload URL is taken.
 */
const inOneSpelling = (url: string): string =>
  url.replace(/%[\da-f]{2}/gi, (code) => (code === "%27" ? "'" : code.toUpperCase()));

/** Adds request ids to the headers and to an error's `innerError`, where the Outlook host writes `requestId` (field report). */
function withIds(reply: Reply, head: RequestHead, time: number, count: number): Reply {
  const id = `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`;
  const client = head.headers["client-request-id"] ?? id;
  const clock: Record<string, string> = head.origin === "graph" ? { date: new Date(time).toUTCString() } : {};
  const headers = { ...clock, ...reply.headers, "request-id": id, "client-request-id": client };
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
