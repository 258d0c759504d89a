import { inspect, types } from "node:util";
import {
  Client,
  MiddlewareFactory,
  type ClientOptions,
  type Context,
  type Middleware,
} from "@microsoft/microsoft-graph-client";
import {
  createAzureDevOpsClient,
  LargeAttachmentHandler,
  withLargeAttachments,
  type UploadOptions,
} from "../../../src/index.js";

/** Secrets. They may appear only in requests to their own service. */
export const TOKEN = "eyJ0eXAi-the-graph-token";
export const AUTHTOKEN = "authtoken-of-the-session";
export const MARK = "bytes-of-the-file";
export const GRAPH = "https://graph.microsoft.com";
export const HOST = "https://outlook.office.com";
export const UPLOAD_URL = `${HOST}/api/v2.0/Users('u')/Messages('AAMk=')/AttachmentSessions('S')?authtoken=${AUTHTOKEN}`;
export const file = Buffer.from(MARK.repeat(10));

/** A request as it would have left the process. */
export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly origin: string;
  readonly headers: Headers;
  readonly redirect: unknown;
  readonly body: string;
}

export type Answer = (request: Sent) => Response | Error | undefined | Promise<Response | Error | undefined>;

/** The end of a chain. Records what would be sent, and answers as scripted, or as the services would. */
export class Wire implements Middleware {
  readonly sent: Sent[] = [];
  /** The bytes of a session that the service has taken. */
  received = "";

  constructor(
    public answer: Answer = () => undefined,
    private readonly uploadUrl: string = UPLOAD_URL,
  ) {}

  /** Like a browser or Node, refuses URLs with credentials and URLs other than http(s). */
  async execute(context: Context): Promise<void> {
    const url = context.request as string;
    const { method = "GET", headers, body, redirect } = (context.options ?? {}) as RequestInit;
    const { origin, protocol, username } = new URL(url);
    if (username !== "" || !/^https?:$/.test(protocol))
      throw new TypeError(`Request cannot be constructed from ${url}`);
    const text = body === undefined || body === null ? "" : await new Response(body).text();
    const request = { method, url, origin, headers: new Headers(headers), redirect, body: text };
    this.sent.push(request);
    const answer = (await this.answer(request)) ?? this.#usual(request);
    if (answer instanceof Error) throw answer;
    context.response = answer;
  }

  /** Requests that went anywhere but to these origins. */
  beyond(...origins: string[]): Sent[] {
    return this.sent.filter(({ origin }) => !origins.includes(origin));
  }

  #usual({ method, url, headers, body }: Sent): Response {
    if (method === "DELETE") return new Response(null, { status: 204 });
    if (method === "GET") return Response.json({ value: [] });
    if (url.includes("createUploadSession"))
      return Response.json({ uploadUrl: this.uploadUrl, nextExpectedRanges: ["0-"] }, { status: 201 });
    if (method !== "PUT") return Response.json({ id: "posted" }, { status: 201 });
    const [, end, total] = /-(\d+)\/(\d+)/.exec(headers.get("Content-Range") ?? "")!;
    this.received += body;
    if (Number(end) + 1 < Number(total)) return Response.json({ nextExpectedRanges: [`${Number(end) + 1}-`] });
    return new Response(null, { status: 201, headers: { Location: `${HOST}/Messages('AAMk=')/Attachments('made')` } });
  }
}

export const options: UploadOptions = { threshold: 20, rangeSize: 60, delay: 1, retries: 1 };

/** The real client with its own handlers for signing in, retrying, redirecting and telemetry, down to a wire. */
export function clientOver(wire: Wire, more: Partial<ClientOptions> & { readonly before?: Middleware[] } = {}): Client {
  const { before = [], ...config } = more;
  const handlers = MiddlewareFactory.getDefaultMiddlewareChain({ getAccessToken: async () => TOKEN });
  const middleware = [...before, new LargeAttachmentHandler(options), ...handlers.slice(0, -1), wire];
  const client = Client.initWithMiddleware({ ...config, middleware });
  return before.length > 0 ? client : withLargeAttachments(client, options);
}

export const AZURE = "https://dev.azure.com";
export const PAT = "the-personal-access-token";

/** A client for Azure DevOps, whose last handler is a wire. */
export function azureOver(wire: Wire): Client {
  const client = createAzureDevOpsClient({ organizationUrl: `${AZURE}/f`, personalAccessToken: PAT, ...options });
  let last = client["httpClient"].middleware as unknown as Record<string, unknown>;
  const nextOf = (one: Record<string, unknown>) =>
    (one["next"] ?? one["nextMiddleware"]) as Record<string, unknown> | undefined;
  while (nextOf(last)) last = nextOf(last)!;
  (last as { setNext(next: Middleware): void }).setNext(wire);
  return client;
}

export const collection = "/me/messages/AAMk=/attachments";
export const attachment = {
  "@odata.type": "#microsoft.graph.fileAttachment",
  name: "a.bin",
  contentBytes: file.toString("base64"),
};

/** Everything that somebody may print of an error, a progress or a log, with its causes. */
export function printed(value: unknown): string {
  const seen = new Set<unknown>();
  const parts: string[] = [];
  const add = (one: unknown): void => {
    if (seen.has(one) || parts.length > 100) return;
    seen.add(one);
    parts.push(String(one), inspect(one, { depth: 20 }), JSON.stringify(one) ?? "");
    if (typeof one !== "object" || one === null) return;
    const { message, stack, cause, body, headers } = one as Record<string, unknown>;
    parts.push(String(message), String(stack), String(body));
    if (headers instanceof Headers) parts.push(JSON.stringify([...headers]));
    add({ ...one });
    if (cause !== undefined) add(cause);
  };
  add(value);
  return parts.join("\n");
}

/** The secrets in a text. */
export function secretsIn(text: string): string[] {
  const secrets = [TOKEN, AUTHTOKEN, MARK, PAT, btoa(`:${PAT}`), file.toString("base64").slice(0, 40), UPLOAD_URL];
  return secrets.filter((secret) => text.includes(secret));
}

export async function failure(work: Promise<unknown>): Promise<Error & { readonly code?: string }> {
  const failed = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (types.isNativeError(failed)) return failed; // an error of Node's fetch is of another realm than the test
  throw new Error(`It did not fail with an error: ${String(failed)}`);
}
