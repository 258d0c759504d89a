import type { IncomingMessage, ServerResponse } from "node:http";
import { setImmediate as turn } from "node:timers/promises";
import type { FaultScript, Origin, Reply, RequestLogEntry } from "../api.js";
import type { Exchange, RequestHead } from "../call.js";
import { isMimeRequest, parseMime, type ParsedMime } from "../mail/mime.js";
import { refuse } from "../replies.js";
import { noteBody, noteReply } from "../requestLog.js";
import type { Service } from "../service.js";
import { describeFault, faultReply, toBuffer, type FaultQueue } from "./faults.js";
import { Ended, type Pauses } from "./pauses.js";

/** The service, and the faults between it and the sockets. */
export interface Wire {
  readonly service: Service;
  readonly faults: FaultQueue;
  readonly pauses: Pauses;
}

/** Carries one request from a socket to the service and its answer back. Never rejects. */
export async function carry(
  wire: Wire,
  origin: Origin,
  base: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { socket } = request;
  const head = readHead(origin, base, request);
  const preflight = wire.service.preflight(head);
  if (preflight)
    return void response.writeHead(preflight.status, { "content-length": "0", ...preflight.headers }).end();
  const exchange = wire.service.open(head);
  const fault = wire.faults.take(head, exchange.entry);
  if (fault) exchange.entry.fault = describeFault(fault);
  const withCors = (reply: Reply): Reply => ({
    ...reply,
    headers: { ...wire.service.corsHeaders(head), ...reply.headers },
  });
  const { entry } = exchange;
  const lose = (what: RequestLogEntry["lost"]): void => {
    entry.lost ??= what;
    entry.ended ??= wire.service.now();
  };
  response.on("close", () => {
    exchange.abandon();
    if (!response.writableFinished) lose(entry.status === undefined ? "request" : "reply");
  });
  const reply = (fault: FaultScript | undefined, answer: Reply): void => {
    exchange.close();
    noteReply(entry, answer, wire.service.now());
    if (response.destroyed || (fault && isWithheld(fault))) entry.lost = "reply";
    send(response, fault, answer);
  };
  try {
    const body = await receive(request, exchange, fault);
    if (!body) {
      exchange.abandon();
      if (fault?.reset) lose("request");
      return fault?.reset ? void socket.destroy() : undefined;
    }
    noteBody(entry, body);
    if (exchange.contested) await noticeLostConnections();
    if (fault?.delay !== undefined) await wire.pauses.wait(fault.delay);
    const mime = isMimeRequest(head) ? await parseMime(body) : undefined;
    reply(fault, withCors(answer(exchange, body, fault, mime)));
  } catch (error) {
    if (isBrokenOff(error)) return void socket.destroy();
    // Show the client an error in a test's `reply`, or in the emulator.
    const message = error instanceof Error ? error.message : String(error);
    reply(undefined, withCors(refuse(500, "EmulatorError", message)));
  }
}

/**
 * Waits until the end of an abandoned request is noticed. Its client's next request must not conflict with it just
 * because both were read in the same turn of the event loop.
 */
async function noticeLostConnections(): Promise<void> {
  for (let turns = 0; turns < 10; turns++) await turn();
}

function readHead(origin: Origin, base: string, request: IncomingMessage): RequestHead {
  const headers = Object.entries(request.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : (value ?? ""),
  ]);
  return {
    origin,
    method: request.method ?? "",
    url: base + (request.url ?? "").slice(1),
    headers: Object.fromEntries(headers),
  };
}

/** Reads the whole body. Undefined if a fault ends the request here. */
async function receive(request: IncomingMessage, exchange: Exchange, fault?: FaultScript): Promise<Buffer | undefined> {
  if (fault?.reset === "before") return undefined;
  const length = Number(request.headers["content-length"] ?? 0);
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    exchange.entry.bodyBytes += chunk.length;
    if (fault?.reset === "midway" && exchange.entry.bodyBytes >= length / 2) break;
  }
  return fault?.reset === "midway" || fault?.hang === true ? undefined : Buffer.concat(chunks);
}

/** Processes the request, with the faults that affect this. */
function answer(exchange: Exchange, body: Buffer, fault: FaultScript = {}, mime?: ParsedMime): Reply {
  if (fault.gone) {
    const reply = exchange.dropSession(fault.status);
    return fault.body === undefined && !fault.headers ? reply : faultReply({ status: reply.status, ...fault });
  }
  if (fault.status !== undefined && !fault.after) return faultReply(fault);
  const reply = exchange.answer(body, fault.partial, mime);
  if (fault.status !== undefined) return faultReply(fault);
  if (!fault.reply) return reply;
  const rewritten = fault.reply(reply);
  return { ...rewritten, body: toBuffer(rewritten.body) };
}

/** Writes the answer, or the part that a fault lets through. */
function send(response: ServerResponse, fault: FaultScript | undefined, { status, headers, body }: Reply): void {
  if (fault?.hang === "after" || response.destroyed) return;
  if (fault?.reset === "after" || status === 0) return void response.destroy();
  const length = status === 204 || status === 304 ? {} : { "content-length": String(body.length) };
  response.writeHead(status, { ...length, ...headers });
  if (!fault?.cutReply) return void response.end(body);
  const cut = (): void => void response.destroy();
  if (body.length > 1) return void response.write(body.subarray(0, body.length / 2), cut);
  response.flushHeaders();
  response.socket?.write("", cut);
}

/** True for a fault that processes the request and keeps its answer, or a part of it, from the client. */
const isWithheld = ({ hang, reset, cutReply }: FaultScript): boolean =>
  hang === "after" || reset === "after" || cutReply === true;

/** True for the errors of a connection that ended early and of a closing emulator. */
const isBrokenOff = (error: unknown): boolean =>
  error instanceof Ended ||
  ["ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE"].includes((error as Partial<NodeJS.ErrnoException>).code ?? "");
