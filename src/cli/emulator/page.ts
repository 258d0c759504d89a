import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Holdings } from "./holdings.js";
import type { ItemKind } from "./snapshot.js";

/** The page of an emulator, on loopback. */
export interface Page {
  readonly url: string;
  close(): Promise<void>;
}

const FILES: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/style.css": ["style.css", "text/css; charset=utf-8"],
  "/script.js": ["script.js", "text/javascript; charset=utf-8"],
};
const SAFE = {
  "Content-Security-Policy":
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
};
/** Milliseconds between two looks at the emulator while somebody watches. */
const LOOK = 150;
const KINDS: readonly string[] = ["message", "event", "task", "work item", "print document"] satisfies ItemKind[];

/** Serves the page, tells it of what changes, and takes its orders. */
export async function startPage(holdings: Holdings, port: number): Promise<Page> {
  const watchers = new Set<ServerResponse>();
  let told = "";
  const look = () => {
    holdings.keepSlow();
    if (watchers.size === 0) return;
    const now = JSON.stringify(holdings.snapshot());
    if (now !== told) for (const watcher of watchers) watcher.write(`data: ${now}\n\n`);
    told = now;
  };
  const watch = (response: ServerResponse) => {
    response.writeHead(200, { ...SAFE, "Content-Type": "text/event-stream" });
    response.write(`retry: 1000\ndata: ${JSON.stringify(holdings.snapshot())}\n\n`);
    watchers.add(response.on("close", () => watchers.delete(response)));
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.headersSent || response.writeHead(500, SAFE).end());
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url = "/" } = request;
    const end = (status: number) => void response.writeHead(status, SAFE).end();
    if (!isOwn(request, portOf())) return end(403);
    const file = Object.hasOwn(FILES, url) ? FILES[url] : undefined;
    if (method === "GET" && file) {
      const content = await readFile(new URL(`./page/${file[0]}`, import.meta.url));
      return void response.writeHead(200, { ...SAFE, "Content-Type": file[1] }).end(content);
    }
    if (method === "GET" && url === "/api/events") return watch(response);
    if (method === "GET" && url === "/api/state")
      return void response
        .writeHead(200, { ...SAFE, "Content-Type": "application/json" })
        .end(JSON.stringify(holdings.snapshot()));
    if (method !== "POST" || !url.startsWith("/api/")) return end(404);
    if (request.headers["content-type"] !== "application/json") return end(415);
    const order = await readOrder(request);
    end(order ? obey(holdings, url, order) : 400);
    look();
  };
  const portOf = () => (server.address() as AddressInfo).port;

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", resolve);
  });
  const timer = setInterval(look, LOOK);
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

/** Whether a request comes from the page itself or a program: other pages, also by names that lead here, are kept out. */
function isOwn({ headers }: IncomingMessage, port: number): boolean {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host = "", origin } = headers;
  const site = headers["sec-fetch-site"] ?? "none";
  if (!hosts.includes(host) || !["none", "same-origin"].includes(String(site))) return false;
  return origin === undefined || origin === `http://${host}`;
}

type Order = Readonly<Record<string, unknown>>;

async function readOrder(request: IncomingMessage): Promise<Order | undefined> {
  let text = "";
  for await (const chunk of request) if ((text += String(chunk)).length > 1000) return undefined;
  try {
    const order: unknown = JSON.parse(text);
    return typeof order === "object" && order !== null ? (order as Order) : undefined;
  } catch {
    return undefined;
  }
}

/** Answers the status. */
function obey(holdings: Holdings, url: string, { fault, kind, slow }: Order): number {
  if (url === "/api/faults") return typeof fault === "string" && holdings.fault(fault) ? 204 : 400;
  if (url === "/api/reset") holdings.reset();
  else if (url === "/api/slow" && typeof slow === "boolean") holdings.slow(slow);
  else if (url === "/api/items" && KINDS.includes(kind as string)) holdings.add(kind as ItemKind);
  else return url === "/api/slow" || url === "/api/items" ? 400 : 404;
  return 204;
}
