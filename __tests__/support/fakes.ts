import type { Context } from "@microsoft/microsoft-graph-client";
import type { Content, FileInfo } from "../../src/file.js";
import { noAnswer, NoReply, type Answer as Attempted } from "../../src/http/refusal.js";
import { Service } from "../../src/http/service.js";
import { Traffic } from "../../src/http/traffic.js";
import { transport, type Send } from "../../src/http/transport.js";
import type { UploadOptions } from "../../src/options.js";
import { resolveOptions } from "../../src/settings.js";
import type { Reply, WireRequest } from "../../src/protocol.js";
import { outlook } from "../../src/protocols/outlook.js";
import type { Place } from "../../src/upload/find.js";
import type { UploadSession } from "../../src/uploadSession.js";

export const GRAPH = "https://graph.microsoft.com/v1.0";
export const COLLECTION = `${GRAPH}/me/messages/AAMkADI5MAAIT3drCAAA=/attachments`;
/** An upload URL is a credential: tests look for this token where it must not be. */
export const TOKEN = "eyJhbGciOiJSUzI1NiIs";
export const UPLOAD_URL = `https://outlook.office.com/api/v2.0/Users('a8e8@72aa')/Messages('AAMk=')/AttachmentSessions('s=')?authtoken=${TOKEN}`;

export function reply(status: number, body?: unknown, headers: Record<string, string> = {}): Reply {
  return { status, headers: new Headers(headers), body };
}

/** A refusal as Graph writes it. */
export function failure(status: number, code: string, message = "No.", headers: Record<string, string> = {}): Reply {
  return reply(status, { error: { code, message, innerError: { "request-id": "r-1" } } }, headers);
}

export const opened = () => reply(201, { uploadUrl: UPLOAD_URL, nextExpectedRanges: ["0-"] });
export const wants = (offset: number) => reply(200, { nextExpectedRanges: [String(offset)] });
export const created = (id = "new=") =>
  reply(201, undefined, {
    Location: `https://outlook.office.com/api/v2.0/Users('u')/Messages('m')/Attachments('${id}')`,
  });
export const holds = (...names: string[]) =>
  reply(200, { value: names.map((name) => ({ id: `id of ${name}`, name })) });
/** A connection that was lost: the service may have done what was asked. */
export const cut = () => new NoReply(new TypeError("fetch failed"));
/** A connection that was refused: nothing reached the service. */
export const notConnected = () => new NoReply(new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } }), true);

/** The answer to an attempt: a reply with Outlook's verdict, or none. */
export function answerOf(given: Reply | NoReply): Attempted {
  return given instanceof NoReply ? noAnswer(given) : { reply: given, verdict: outlook.api.verdict(given) };
}

export function sessionOf(more: Partial<UploadSession> = {}): UploadSession {
  const file: FileInfo = { name: "flower", size: 10, contentType: "image/jpeg" };
  return { protocol: "outlook", collection: COLLECTION, file, uploadUrl: UPLOAD_URL, offset: 0, ...more };
}

export type Kind = "list" | "create" | "range" | "status" | "cancel" | "post";

function kindOf({ method, url }: WireRequest): Kind {
  if (method === "PUT") return "range";
  if (method === "DELETE") return "cancel";
  if (method === "POST") return /\/createUploadSession(\?|$)/.test(url) ? "create" : "post";
  return url === UPLOAD_URL ? "status" : "list";
}

export type Answer = Reply | Error | ((request: WireRequest) => Reply | Promise<Reply>);

export interface Talk {
  readonly service: Service;
  /** The message behind the service, and the file of `sessionOf()`. */
  readonly place: Place;
  readonly requests: WireRequest[];
  /** The kinds of all requests, in order: the whole conversation. */
  kinds(): Kind[];
}

/** A service that gives the scripted answers to each kind of request. Any other request fails with an unexpected error. */
export function talk(script: Partial<Record<Kind, Answer[]>>, options: UploadOptions = {}): Talk {
  const left = Object.fromEntries(Object.entries(script).map(([kind, answers]) => [kind, [...answers]]));
  const requests: WireRequest[] = [];
  const send: Send = async (request, { signal }) => {
    signal?.throwIfAborted();
    requests.push(request);
    const answer = left[kindOf(request)]?.shift();
    if (answer === undefined) throw new Error(`Nothing is scripted for another ${kindOf(request)}.`);
    if (answer instanceof Error) throw answer;
    return typeof answer === "function" ? answer(request) : answer;
  };
  const settings = resolveOptions({ delay: 0, retries: 2, rangeSize: 4 }, options);
  const service = new Service(outlook.api, send, settings, new Traffic(), COLLECTION);
  const place = { service, protocol: outlook, collection: COLLECTION, file: sessionOf().file };
  return { service, place, requests, kinds: () => requests.map(kindOf) };
}

/** A transport over a chain that answers as scripted, and every context that passed through it. */
export function chain(given: object, answer: (context: Context) => unknown = () => new Response("{}")) {
  const seen: Context[] = [];
  const execute = async (own: Context) => {
    seen.push(own);
    own.response = (await answer(own)) as Response;
  };
  const context = { request: COLLECTION, ...given } as unknown as Context;
  return { send: transport({ context, next: { execute } }), seen, context };
}

/** Content that records how it is used. */
export class Recorded implements Content {
  readonly reads: [start: number, end: number][] = [];
  closed = 0;

  constructor(
    readonly bytes: Uint8Array,
    readonly anywhere = true,
    private readonly reading: (start: number, end: number) => Promise<void> | void = () => {},
  ) {}

  get size(): number {
    return this.bytes.length;
  }

  async read(start: number, end: number): Promise<Uint8Array> {
    this.reads.push([start, end]);
    await this.reading(start, end);
    return this.bytes.slice(start, end);
  }

  close(): void {
    this.closed += 1;
  }
}

/** The bytes 0, 1, 2, …: one in the wrong place is noticed. */
export function count(length: number, from = 0): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = at + from;
  return bytes;
}

/** Counts the listeners of an AbortSignal: those added less those removed, and none after an abort. */
export function listenersOf(signal: AbortSignal): () => number {
  const held = new Set<unknown>();
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...given: Parameters<typeof addEventListener>) => {
    held.add(given[1]);
    addEventListener.apply(signal, given);
  };
  signal.removeEventListener = (...given: Parameters<typeof removeEventListener>) => {
    held.delete(given[1]);
    removeEventListener.apply(signal, given);
  };
  return () => (signal.aborted ? 0 : held.size);
}

/** The error of a promise that must reject, or of a function that must throw. */
export async function thrownBy(work: Promise<unknown> | (() => unknown)): Promise<unknown> {
  try {
    await (typeof work === "function" ? work() : work);
  } catch (error) {
    return error;
  }
  throw new Error("It did not reject.");
}

/** The bytes that a request carries: in Node they travel as a stream. */
export async function bytesSent(body: unknown): Promise<Buffer> {
  return Buffer.from(await new Response((body ?? null) as BodyInit | null).arrayBuffer());
}
