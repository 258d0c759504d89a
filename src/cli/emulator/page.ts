import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { EmulatorState } from "./emulatorState.js";
import type { ItemKind } from "./snapshot.js";

/** The page of the emulator, served on loopback. */
export interface Page {
  readonly url: string;
  close(): Promise<void>;
}

const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/style.css": ["style.css", "text/css; charset=utf-8"],
  "/script.js": ["script.js", "text/javascript; charset=utf-8"],
};
const SECURITY_HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
};
/** Milliseconds between two updates of open pages. */
const INTERVAL = 150;
const KINDS: readonly string[] = ["message", "event", "task", "work item", "print document"] satisfies ItemKind[];

/** Serves the page, sends it every change, and runs its actions. */
export async function startPage(state: EmulatorState, port: number): Promise<Page> {
  const watchers = new Set<ServerResponse>();
  let sent = "";
  const update = () => {
    state.renewSlowness();
    if (watchers.size === 0) return;
    const now = JSON.stringify(state.snapshot());
    if (now !== sent) for (const watcher of watchers) watcher.write(`data: ${now}\n\n`);
    sent = now;
  };
  const watch = (response: ServerResponse) => {
    response.writeHead(200, { ...SECURITY_HEADERS, "Content-Type": "text/event-stream" });
    response.write(`retry: 1000\ndata: ${JSON.stringify(state.snapshot())}\n\n`);
    watchers.add(response.on("close", () => watchers.delete(response)));
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.headersSent || response.writeHead(500, SECURITY_HEADERS).end());
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url = "/" } = request;
    const end = (status: number) => void response.writeHead(status, SECURITY_HEADERS).end();
    if (!isAllowed(request, portOf())) return end(403);
    const file = Object.hasOwn(FILES, url) ? FILES[url] : undefined;
    if (method === "GET" && file) {
      const content = await readFile(new URL(`./page/${file[0]}`, import.meta.url));
      return void response.writeHead(200, { ...SECURITY_HEADERS, "Content-Type": file[1] }).end(content);
    }
    if (method === "GET" && url === "/api/events") return watch(response);
    if (method === "GET" && url === "/api/state")
      return void response
        .writeHead(200, { ...SECURITY_HEADERS, "Content-Type": "application/json" })
        .end(JSON.stringify(state.snapshot()));
    const exchange = method === "GET" ? state.exchange(Number(/^\/api\/requests\/(\d+)$/.exec(url)?.[1])) : undefined;
    if (exchange)
      return void response
        .writeHead(200, { ...SECURITY_HEADERS, "Content-Type": "application/json" })
        .end(JSON.stringify(exchange));
    if (method !== "POST" || !url.startsWith("/api/")) return end(404);
    if (request.headers["content-type"] !== "application/json") return end(415);
    const action = await readAction(request);
    end(action ? execute(state, url, action) : 400);
    update();
  };
  const portOf = () => (server.address() as AddressInfo).port;

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  const timer = setInterval(update, INTERVAL);
  return {
    url: `http://127.0.0.1:${portOf()}/`,
    close: () =>
      new Promise((resolve) => {
        clearInterval(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** True for requests of the page itself and of programs. Pages of other sites and other host names are refused. */
function isAllowed({ headers }: IncomingMessage, port: number): boolean {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host = "", origin } = headers;
  const site = headers["sec-fetch-site"] ?? "none";
  if (!hosts.includes(host) || !["none", "same-origin"].includes(String(site))) return false;
  return origin === undefined || origin === `http://${host}`;
}

/** The JSON body of an action. */
type Action = Readonly<Record<string, unknown>>;

async function readAction(request: IncomingMessage): Promise<Action | undefined> {
  let text = "";
  for await (const chunk of request) if ((text += String(chunk)).length > 1000) return undefined;
  try {
    const action: unknown = JSON.parse(text);
    return typeof action === "object" && action !== null ? (action as Action) : undefined;
  } catch {
    return undefined;
  }
}

/** Runs an action and returns the HTTP status. */
function execute(state: EmulatorState, url: string, { fault, kind, slow }: Action): number {
  if (url === "/api/faults") return typeof fault === "string" && state.fault(fault) ? 204 : 400;
  if (url === "/api/reset") state.reset();
  else if (url === "/api/slow" && typeof slow === "boolean") state.setSlow(slow);
  else if (url === "/api/items" && KINDS.includes(kind as string)) state.add(kind as ItemKind);
  else return url === "/api/slow" || url === "/api/items" ? 400 : 404;
  return 204;
}
