/**
 * Two chains that differ in one handler. A request that is not ours leaves both with the same method, URL, headers in
 * order and body, and its answer arrives as the same value. Real sockets, and the real Graph client.
 */
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import {
  Client,
  MiddlewareFactory,
  ResponseType,
  type Context,
  type GraphRequest,
  type Middleware,
} from "@microsoft/microsoft-graph-client";
import { makeDispatcher } from "../../src/emulator/dispatcher.js";
import { makeCertificate } from "../../src/emulator/wire/certificate.js";
import {
  AzureDevOpsAttachmentHandler,
  LargeAttachmentHandler,
  LargeAttachmentHandlerOptions,
} from "../../src/index.js";

interface Arrived {
  readonly method?: string;
  readonly url?: string;
  readonly headers: readonly string[];
  readonly body: string;
}

/** Hands a context on and keeps what it held. */
class Spy implements Middleware {
  readonly seen: unknown[][] = [];
  private next?: Middleware;
  setNext(next: Middleware): void {
    this.next = next;
  }
  async execute(context: Context): Promise<void> {
    const { request, options, middlewareControl } = context;
    this.seen.push([context, request, options, options?.headers, options?.body, middlewareControl]);
    await this.next!.execute(context);
  }
}

const arrived: Arrived[] = [];
const answers = new Map<string, [number, Record<string, string>, string]>([
  [
    "/v1.0/me/missing",
    [404, { "content-type": "application/json" }, '{"error":{"code":"itemNotFound","message":"No."}}'],
  ],
  ["/v1.0/me/empty", [204, {}, ""]],
  ["/v1.0/me/document", [200, { "content-type": "text/xml" }, "<a>b</a>"]],
  ["/v1.0/me/text", [200, { "content-type": "text/plain" }, "text"]],
]);

let server: Server;
let clients: [plain: Client, ours: Client];
let around: [before: Spy, after: Spy];
let close: () => Promise<void>;

beforeAll(async () => {
  const certificate = makeCertificate();
  server = createServer(certificate, (request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const { method, url, rawHeaders } = request;
      arrived.push({ method, url, headers: rawHeaders, body: Buffer.concat(parts).toString("latin1") });
      const [path = ""] = (url ?? "").split("?");
      const [status, headers, body] = answers.get(path) ?? [200, { "content-type": "application/json" }, '{"value":1}'];
      response.writeHead(status, headers).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const dispatcher = await makeDispatcher(certificate.cert);
  const baseUrl = `https://localhost:${(server.address() as AddressInfo).port}/`;
  const chain = (...first: Middleware[]): Client => {
    const authProvider = { getAccessToken: () => Promise.resolve("the-token") };
    const middleware = [...first, ...MiddlewareFactory.getDefaultMiddlewareChain(authProvider)];
    const fetchOptions = { dispatcher } as object;
    return Client.initWithMiddleware({ baseUrl, customHosts: new Set(["localhost"]), fetchOptions, middleware });
  };
  around = [new Spy(), new Spy()];
  const [before, after] = around;
  clients = [chain(new Spy()), chain(before, new LargeAttachmentHandler(), new AzureDevOpsAttachmentHandler(), after)];
  close = async () => {
    await dispatcher?.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
});
afterAll(() => close());

/** Sends a request through both chains and compares what left, what came back, and the objects on the way. */
async function compare(send: (client: Client) => Promise<unknown>): Promise<Arrived> {
  arrived.length = 0;
  for (const spy of around) spy.seen.length = 0;
  const outcomes: unknown[] = [];
  for (const client of clients) outcomes.push(await send(client).then(shown, failed));
  expect(outcomes[1]).toEqual(outcomes[0]);
  expect(arrived).toHaveLength(2);
  const [plain, ours] = arrived.map(withoutBoundary) as [Arrived, Arrived];
  expect(ours).toEqual(plain);
  const [before, after] = around.map(({ seen }) => seen[0]!);
  before!.forEach((object, at) => expect(after![at]).toBe(object));
  return plain;
}

/** A form's boundary is random. */
function withoutBoundary(request: Arrived): Arrived {
  const [boundary] = /formdata-\w+-\d+/.exec(request.body) ?? [];
  if (boundary === undefined) return request;
  const { headers, body, ...rest } = request;
  const name = (text: string): string => text.replaceAll(boundary, "boundary");
  return { ...rest, headers: headers.map(name), body: name(body) };
}

/** A value of any response type in a form that can be compared. */
async function shown(value: unknown): Promise<unknown> {
  if (value instanceof Response) return [value.status, await value.text()];
  if (value instanceof Blob) return ["Blob", await value.text()];
  if (value instanceof ArrayBuffer) return ["ArrayBuffer", Buffer.from(value).toString()];
  if (value instanceof ReadableStream) return ["stream", await new Response(value).text()];
  return [typeof value, value];
}

const failed = async (error: Error & { statusCode?: number; code?: string; body?: unknown }): Promise<unknown> => {
  const { name, message, statusCode, code, body } = error;
  return { name, message, statusCode, code, body: await shown(body) };
};

/** The client makes a new id for each request, unless it gets one. */
const on = (client: Client, path: string): GraphRequest => client.api(path).header("client-request-id", "the-id");

const bytes = Buffer.from([0, 1, 128, 255, 34]);
const bodies: Record<string, () => unknown> = {
  "no body": () => undefined,
  null: () => null,
  "an object": () => ({ subject: "naïve", body: { content: "日本" } }),
  "a list": () => [1, "two"],
  "a number": () => 5,
  "a text": () => "plain",
  "an empty text": () => "",
  "JSON as text": () => '{ "subject" : "a" }',
  "a Buffer": () => bytes,
  "a Uint8Array": () => new Uint8Array(bytes),
  "an ArrayBuffer": () => new Uint8Array(bytes).buffer,
  "a DataView": () => new DataView(new Uint8Array(bytes).buffer),
  "a Blob": () => new Blob([bytes], { type: "image/png" }),
  "a form": () => {
    const form = new FormData();
    form.set("name", "value");
    form.set("file", new Blob([bytes]), "a.bin");
    return form;
  },
};
const paths = [
  "/me/messages",
  "/me/messages/AAMk=/attachments",
  "/me/sendMail",
  "/me/events",
  "/chats/1/messages",
  "/$batch",
];

describe.each(["post", "put", "patch"] as const)("a %s leaves as without the handler", (verb) => {
  test.each(Object.entries(bodies))("with %s", async (_kind, body) => {
    for (const path of verb === "post" ? paths : ["/me/messages/AAMk=", "/me/drive/root:/a%20b.txt:/content"]) {
      const content = body();
      const { method, url } = await compare((client) => on(client, path)[verb](content) as Promise<unknown>);
      expect([method, url]).toEqual([verb.toUpperCase(), `/v1.0${path}`]);
    }
  });

  test.each(Object.values(ResponseType))("for the response type %s", async (type) => {
    for (const path of ["/me/any", "/me/missing", "/me/empty", "/me/document", "/me/text"]) {
      await compare((client) => on(client, path).responseType(type)[verb]({ a: 1 }) as Promise<unknown>);
    }
  });
});

describe.each(["get", "delete"] as const)("a %s leaves as without the handler", (verb) => {
  test.each([undefined, ...Object.values(ResponseType)])("for the response type %s", async (type) => {
    for (const path of [
      "/me/any",
      "/me/missing",
      "/me/empty",
      "/me/document",
      "/me/text",
      "/me/messages/1/attachments",
    ]) {
      await compare((client) => {
        const request = on(client, path);
        return (type === undefined ? request : request.responseType(type))[verb]() as Promise<unknown>;
      });
    }
  });
});

test("queries, versions, headers in any order and fetch options leave as without the handler", async () => {
  const { url, headers } = await compare((client) =>
    on(client, "/me/messages?a=b")
      .version("beta")
      .select("id,subject")
      .filter("startswith(subject,'a b')")
      .expand("attachments")
      .orderby("subject")
      .top(3)
      .skip(1)
      .count(true)
      .query({ c: "d e" })
      .header("X-Second", "2")
      .header("x-first", "ü".normalize("NFC").replace(/./g, "u"))
      .headers({ Prefer: 'IdType="ImmutableId"' })
      .option("cache", "no-store")
      .options({ redirect: "manual" })
      .get(),
  );
  expect(url).toMatch(/^\/beta\/me\/messages\?/);
  const sent = headers.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  expect(sent.indexOf("x-second")).toBeLessThan(sent.indexOf("x-first"));
});

test("streams leave as without the handler: putStream and getStream", async () => {
  await compare((client) => on(client, "/me/document").getStream() as Promise<unknown>);
  const { body } = await compare(
    (client) =>
      on(client, "/me/drive/root:/a.bin:/content")
        .option("duplex" as never, "half")
        .putStream(Readable.toWeb(Readable.from([bytes, bytes])) as never) as Promise<unknown>,
  );
  expect(body).toBe(Buffer.concat([bytes, bytes]).toString("latin1"));
});

test("the two chains are told apart: a request that is ours does not leave as without the handler", async () => {
  const contentBytes = Buffer.alloc(4_000_000).toString("base64");
  const attachment = { "@odata.type": "#microsoft.graph.fileAttachment", name: "a.bin", contentBytes };
  const once = new LargeAttachmentHandlerOptions({ retries: 0, delay: 1 });
  const post = (client: Client) =>
    on(client, "/me/messages/AAMk=/attachments").middlewareOptions([once]).post(attachment) as Promise<unknown>;
  await expect(compare(post)).rejects.toThrow();
});
