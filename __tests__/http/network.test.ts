import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import { generate } from "selfsigned";
import { networkFailure } from "../../src/http/network.js";
import { NoReply } from "../../src/http/refusal.js";
import { bytesSent, chain, count, thrownBy, TOKEN, UPLOAD_URL } from "../support/fakes";

type Meaning = "unsent" | "unheard" | "thrown as it is";

function meaningOf(error: unknown, offline?: boolean): Meaning {
  const failure = networkFailure(error, offline);
  if (!failure) return "thrown as it is";
  return failure.unsent ? "unsent" : "unheard";
}

/** An error with more members, as an engine makes it. */
const failed = (message: string, more: object = {}) => Object.assign(new Error(message), more);
/** The error of `fetch`. */
const rejected = (message: string, cause?: object) =>
  Object.assign(new TypeError(message), cause === undefined ? {} : { cause });
/** Node's `fetch` hides the reason in the cause. */
const inNode = (message: string, code?: string, more: object = {}) =>
  rejected("fetch failed", failed(message, { ...(code === undefined ? {} : { code }), ...more }));
const connect = (code: string) => failed(`connect ${code} 192.0.2.1:443`, { code, syscall: "connect" });
/** The error of a host with several addresses: Node tries them one after another ("happy eyeballs"). */
const several = (...errors: (Error & { code?: string })[]) =>
  rejected("fetch failed", Object.assign(new AggregateError(errors), { code: errors[0]!.code }));

const HPE = "Response does not match the HTTP/1.1 protocol (Expected HTTP/)";
const inBun = (code: string, message: string) => Object.assign(rejected(message), { code });
const inDeno = (words: string) => rejected("fetch failed", failed(words));
/** Deno names the URL: before a connection stood, and after it. */
const before = (words: string) => `error sending request for url (${UPLOAD_URL}): client error (Connect): ${words}`;
const after = (words: string) =>
  `error sending request from 10.0.0.2:47776 for ${UPLOAD_URL} (192.0.2.1:443): client error (SendRequest): ${words}`;

/** The words were observed in Node 20 and 24, Bun 1.4, Deno 2.9, workerd 2026-04, Chromium 156, Firefox 153 and WebKitGTK 2.50; those of older versions are from bug reports. */
// prettier-ignore
const table: Record<string, [what: string, error: unknown, meaning: Meaning][]> = {
  "Node (undici)": [
    ["a refused connection", rejected("fetch failed", connect("ECONNREFUSED")), "unsent"],
    ["an unknown host", inNode("getaddrinfo ENOTFOUND nothing.invalid", "ENOTFOUND"), "unsent"],
    ["a name server that does not answer", inNode("getaddrinfo EAI_AGAIN graph.microsoft.com", "EAI_AGAIN"), "unsent"],
    ["a host without a route", rejected("fetch failed", connect("EHOSTUNREACH")), "unsent"],
    ["a network without a route", rejected("fetch failed", connect("ENETUNREACH")), "unsent"],
    ["a connection that takes too long", inNode("Connect Timeout Error", "UND_ERR_CONNECT_TIMEOUT"), "unsent"],
    ["two addresses that both refuse", several(connect("ECONNREFUSED"), connect("ECONNREFUSED")), "unsent"],
    ["two addresses, one slow and one refusing", several(connect("ETIMEDOUT"), connect("ECONNREFUSED")), "unsent"],
    ["two addresses, one refusing and one without a route", several(connect("ECONNREFUSED"), connect("ENETUNREACH")), "unsent"],
    ["a self-signed certificate", inNode("self-signed certificate", "DEPTH_ZERO_SELF_SIGNED_CERT"), "unsent"],
    ["a self-signed authority", inNode("self-signed certificate in certificate chain", "SELF_SIGNED_CERT_IN_CHAIN"), "unsent"],
    ["an unknown authority", inNode("unable to get local issuer certificate", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"), "unsent"],
    ["an incomplete chain", inNode("unable to verify the first certificate", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"), "unsent"],
    ["an expired certificate", inNode("certificate has expired", "CERT_HAS_EXPIRED"), "unsent"],
    ["a certificate for another name", inNode("Hostname/IP does not match certificate's altnames", "ERR_TLS_CERT_ALTNAME_INVALID"), "unsent"],
    ["a reset connection", inNode("read ECONNRESET", "ECONNRESET", { syscall: "read" }), "unheard"],
    ["a reset while sending", inNode("write EPIPE", "EPIPE", { syscall: "write" }), "unheard"],
    ["a closed connection", inNode("other side closed", "UND_ERR_SOCKET"), "unheard"],
    ["an established connection that times out", inNode("read ETIMEDOUT", "ETIMEDOUT", { syscall: "read" }), "unheard"],
    ["late headers", inNode("Headers Timeout Error", "UND_ERR_HEADERS_TIMEOUT"), "unheard"],
    ["a body that breaks off", rejected("terminated", failed("other side closed", { code: "UND_ERR_SOCKET" })), "unheard"],
    ["a stream of HTTP/2 that was reset", inNode("Stream closed with error code NGHTTP2_REFUSED_STREAM", "ERR_HTTP2_STREAM_ERROR"), "unheard"],
    ["an established connection without a route", inNode("read EHOSTUNREACH", "EHOSTUNREACH", { syscall: "read" }), "unheard"],
    ["an established connection whose network is down", inNode("read ENETDOWN", "ENETDOWN", { syscall: "read" }), "unheard"],
    ["an established connection whose address is gone", inNode("read EADDRNOTAVAIL", "EADDRNOTAVAIL", { syscall: "read" }), "unheard"],
    ["a reply that is not HTTP, in Node 20", inNode(HPE, "HPE_INVALID_CONSTANT"), "unheard"],
    ["a reply that is not HTTP, in Node 24", inNode(HPE), "unheard"],
    ["a header that is not text", rejected('Headers.append: "Bearer a\nb" is an invalid header value.'), "thrown as it is"],
    ["a header outside of Latin 1", rejected("Cannot convert argument to a ByteString because the character at index 0 has a value of 8364 which is greater than 255."), "thrown as it is"],
    ["an argument that undici refuses", inNode("invalid content-length header", "UND_ERR_INVALID_ARG"), "thrown as it is"],
    ["a value that undici does not return", inNode("expected non-null body source", "UND_ERR_INVALID_RETURN_VALUE"), "thrown as it is"],
    ["an unsupported header", inNode("expect header not supported", "UND_ERR_NOT_SUPPORTED"), "thrown as it is"],
    ["a URL that is none", rejected("Failed to parse URL from http://", failed("Invalid URL", { code: "ERR_INVALID_URL" })), "thrown as it is"],
    ["a body that was read", rejected("Body is unusable: Body has already been read"), "thrown as it is"],
    ["a signal that is none", rejected('RequestInit: Expected signal ("5") to be an instance of AbortSignal.'), "thrown as it is"],
  ],
  "node-fetch": [
    ["a refused connection", failed("request to https://x.test/ failed, reason: connect ECONNREFUSED 192.0.2.1:443", { name: "FetchError", type: "system", code: "ECONNREFUSED", errno: "ECONNREFUSED" }), "unsent"],
    ["a reset connection", failed("request to https://x.test/ failed, reason: socket hang up", { name: "FetchError", type: "system", code: "ECONNRESET", errno: "ECONNRESET" }), "unheard"],
    ["a reply that breaks off", failed("Invalid response body while trying to fetch https://x.test/: Premature close", { name: "FetchError", type: "system", code: "ERR_STREAM_PREMATURE_CLOSE" }), "unheard"],
    ["its own timeout", failed("network timeout at: https://x.test/", { name: "FetchError", type: "request-timeout" }), "unheard"],
    ["a header that is not text", failed("Bearer a\nb is not a legal HTTP header value", { name: "TypeError" }), "thrown as it is"],
  ],
  Bun: [
    ["a refused connection", inBun("ECONNREFUSED", "ECONNREFUSED: Unable to connect. Is the computer able to access the url?"), "unsent"],
    ["a refused connection, before 1.3", inBun("ConnectionRefused", "Unable to connect. Is the computer able to access the url?"), "unsent"],
    ["an unknown host", inBun("ENOTFOUND", "getaddrinfo ENOTFOUND nothing.invalid"), "unsent"],
    ["an unknown host, before 1.3", inBun("FailedToOpenSocket", "Was there a typo in the url or port?"), "unsent"],
    ["an untrusted certificate", inBun("UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify the first certificate"), "unsent"],
    ["a reset connection", inBun("ECONNRESET", "ECONNRESET: The socket connection was closed unexpectedly. For more information, pass `verbose: true` in the second argument to fetch()"), "unheard"],
    ["a reset connection, before 1.3", inBun("ConnectionClosed", "The socket connection was closed unexpectedly."), "unheard"],
    ["a handshake that fails", inBun("EPROTO", "EPROTO: The TLS handshake failed. Does the server speak TLS on this port?"), "unheard"],
    ["a header that is not text", rejected("Header 'Authorization' has invalid value"), "thrown as it is"],
    ["a URL that is none", inBun("ERR_INVALID_URL", "fetch() URL is invalid"), "thrown as it is"],
    ["a body that was read", inBun("ERR_BODY_ALREADY_USED", "Body already used"), "thrown as it is"],
    ["an argument of a wrong type", inBun("ERR_INVALID_ARG_TYPE", "signal is not of type AbortSignal."), "thrown as it is"],
  ],
  Deno: [
    ["a refused connection", inDeno(before("tcp connect error: Connection refused (os error 111)")), "unsent"],
    ["an unknown host", inDeno(before("dns error: failed to lookup address information: Name or service not known")), "unsent"],
    ["an untrusted certificate", inDeno(before("invalid peer certificate: UnknownIssuer")), "unsent"],
    ["a handshake that fails", inDeno(before("received corrupt message of type InvalidContentType")), "unsent"],
    ["a refused connection, without a cause", rejected(before("tcp connect error: Connection refused (os error 111)")), "unsent"],
    ["a reset connection", inDeno("Connection reset by peer (os error 104)"), "unheard"],
    ["a closed connection", inDeno(after("connection closed before message completed")), "unheard"],
    ["a closed connection, without a cause", rejected(after("connection closed before message completed")), "unheard"],
    ["a body that breaks off", rejected("error reading a body from connection"), "unheard"],
    ["a header that is not text", rejected('Invalid header value: "Bearer a\nb"'), "thrown as it is"],
    ["a URL that is none", rejected("Invalid URL: 'http://'"), "thrown as it is"],
    ["a body that was read", rejected("Body already consumed"), "thrown as it is"],
  ],
  "Cloudflare Workers": [
    ["a refused or reset connection", failed("Network connection lost."), "unheard"],
    ["an unknown host or an untrusted certificate", failed("internal error; reference = idtdcff2sp088d746fn7oojc"), "unheard"],
    ["a header that is not text", rejected("Invalid header value."), "thrown as it is"],
    ["a URL that is none", rejected("Fetch API cannot load: ftp://x/"), "thrown as it is"],
    ["a body that was read", rejected("Body has already been used. It can only be used once. Use tee() first if you need to read it twice."), "thrown as it is"],
  ],
  Chromium: [
    ["any failure of the network", rejected("Failed to fetch"), "unheard"],
    ["a body that breaks off", rejected("network error"), "unheard"],
    ["a header that is not text", rejected("Failed to execute 'fetch' on 'Window': Invalid value"), "thrown as it is"],
    ["a header outside of Latin 1", rejected("Failed to execute 'fetch' on 'Window': Failed to read the 'headers' property from 'RequestInit': String contains non ISO-8859-1 code point."), "thrown as it is"],
    ["a URL that is none", rejected("Failed to execute 'fetch' on 'Window': Failed to parse URL from http://"), "thrown as it is"],
    ["a body that was read", rejected("Failed to execute 'text' on 'Response': body stream already read"), "thrown as it is"],
    ["a bug", rejected("Cannot read properties of undefined (reading 'x')"), "thrown as it is"],
  ],
  Firefox: [
    ["any failure of the network", rejected("NetworkError when attempting to fetch resource."), "unheard"],
    ["a body that breaks off", rejected("Error in input stream"), "unheard"],
    ["a failure of XMLHttpRequest", failed("A network error occurred.", { name: "NetworkError" }), "unheard"],
    ["a header that is not text", rejected("Window.fetch: Bearer a\nb is an invalid header value."), "thrown as it is"],
    ["a URL that is none", rejected("Window.fetch: http:// is not a valid URL."), "thrown as it is"],
    ["a bug", rejected('can\'t access property "x" of undefined'), "thrown as it is"],
  ],
  "Safari and WebKitGTK": [
    ["any failure of the network", rejected("Load failed"), "unheard"],
    ["a lost connection, in Safari 16", rejected("The network connection was lost."), "unheard"],
    ["a page that is offline, in Safari 16", rejected("The Internet connection appears to be offline."), "unheard"],
    ["a reply that takes too long, in Safari 16", rejected("The request timed out."), "unheard"],
    ["a refused connection, in Safari 16", rejected("Could not connect to the server."), "unsent"],
    ["an unknown host, in Safari 16", rejected("A server with the specified hostname could not be found."), "unsent"],
    ["a header that is not text", rejected("Header 'Authorization' has invalid value: 'Bearer a\nb'"), "thrown as it is"],
    ["a URL that is none", rejected("URL is not valid or contains user credentials."), "thrown as it is"],
    ["a body that was read", rejected("Body is disturbed or locked"), "thrown as it is"],
    ["a bug", rejected("undefined is not an object (evaluating 'undefined.x')"), "thrown as it is"],
  ],
  "React Native, and the polyfill whatwg-fetch": [
    ["any failure of the network", rejected("Network request failed"), "unheard"],
    ["a reply that takes too long", rejected("Network request timed out"), "unheard"],
    ["a header that is not text", rejected('Invalid character in header field name: "a b"'), "thrown as it is"],
    ["a body that was read", rejected("Already read"), "thrown as it is"],
  ],
  "anything else": [
    ["a bug", rejected("(void 0) is not a function"), "thrown as it is"],
    ["a sign-in that failed", failed("AADSTS50058: no session.", { name: "InteractionRequiredAuthError", errorCode: "login_required" }), "thrown as it is"],
    ["a token that was refused", failed("Bad grant.", { code: "invalid_grant" }), "thrown as it is"],
    ["a token endpoint that answered 401 to axios", failed("Request failed with status code 401", { name: "AxiosError", code: "ERR_BAD_REQUEST" }), "thrown as it is"],
    ["a token endpoint that answered 401 to ky", failed("Request failed with status code 401 Unauthorized: POST https://login.test/", { name: "HTTPError" }), "thrown as it is"],
    ["a token cache that is missing", failed("ENOENT: no such file or directory, open '/home/u/.cache/token'", { code: "ENOENT", syscall: "open" }), "thrown as it is"],
    ["a program that is missing", failed("spawn az ENOENT", { code: "ENOENT", syscall: "spawn az" }), "thrown as it is"],
    ["an abort", new DOMException("This operation was aborted", "AbortError"), "thrown as it is"],
    ["text", "stop", "thrown as it is"],
    ["nothing", undefined, "thrown as it is"],
    ["a failure that was read before", new NoReply("No reply came within 5 ms."), "unheard"],
  ],
};

describe.each(Object.entries(table))("%s:", (_, rows) => {
  test.each(rows)("%s", (_what, error, meaning) => {
    expect(meaningOf(error)).toBe(meaning);
  });
});

test("a page that was offline before it sent has sent nothing, however its browser words that", () => {
  const words = ["Failed to fetch", "NetworkError when attempting to fetch resource.", "Load failed"];
  for (const word of words) expect(meaningOf(rejected(word), true)).toBe("unsent");
  expect(meaningOf(rejected("Cannot read properties of undefined (reading 'x')"), true)).toBe("thrown as it is");
});

test("a failure keeps its code and none of its addresses", () => {
  const { message, code } = networkFailure(inDeno(before("x")))!;
  expect([message, code]).toEqual(["fetch failed", undefined]);
  const flat = networkFailure(rejected(before("x")))!;
  expect(flat.message).not.toContain(TOKEN);
  expect(networkFailure(inNode("read ECONNRESET", "ECONNRESET"))!.code).toBe("ECONNRESET");
});

test("an error that is its own cause is read as well", () => {
  const error = rejected("fetch failed", {});
  Object.assign(error, { cause: error });
  expect(meaningOf(error)).toBe("unheard");
});

describe("with real sockets in Node", () => {
  const servers: Server[] = [];
  afterAll(() => Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve)))));

  async function portOf<S extends Server>(server: S): Promise<number> {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, resolve));
    return (server.address() as AddressInfo).port;
  }
  const serving = (answer: (request: IncomingMessage, response: ServerResponse) => void) =>
    portOf(createServer(answer));

  /** The transport over Node's own `fetch`. */
  const { send: sendByFetch } = chain({}, ({ request, options }) => fetch(request as string, options as RequestInit));
  const send = (url: string, body = count(10)) =>
    sendByFetch({ method: "PUT", url, body, to: "upload" }, { timeout: 10_000 });
  const failureOf = async (url: string, bytes?: Uint8Array<ArrayBuffer>) => {
    const error = await thrownBy(send(url, bytes));
    expect(error).toBeInstanceOf(NoReply);
    return error as NoReply;
  };

  test.each(["127.0.0.1", "localhost"])("a port of %s that nobody listens on gets nothing", async (host) => {
    const server = createServer();
    const port = await portOf(server);
    await new Promise((resolve) => servers.pop()!.close(resolve));
    expect(await failureOf(`http://${host}:${port}/`)).toMatchObject({ unsent: true, code: "ECONNREFUSED" });
  });

  test("a host that does not exist gets nothing", async () => {
    const { unsent, code } = await failureOf("https://nothing.invalid/");
    expect([unsent, code]).toEqual([true, expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/)]);
  });

  test("a host with a self-signed certificate gets nothing", async () => {
    const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }]);
    const seen = jest.fn();
    const port = await portOf(createSecureServer({ key, cert }, seen));
    expect(await failureOf(`https://localhost:${port}/`)).toMatchObject({
      unsent: true,
      code: "DEPTH_ZERO_SELF_SIGNED_CERT",
    });
    expect(seen).not.toHaveBeenCalled();
  });

  test("a connection that is reset before the reply may have carried the request", async () => {
    const port = await serving((request) => void request.resume().on("end", () => request.socket.resetAndDestroy()));
    expect(await failureOf(`http://127.0.0.1:${port}/`)).toMatchObject({ unsent: false });
  });

  test("a connection that is reset in the middle of a request may have carried it", async () => {
    const port = await serving((request) => void request.once("data", () => request.socket.resetAndDestroy()));
    expect(await failureOf(`http://127.0.0.1:${port}/`, count(4_000_000))).toMatchObject({ unsent: false });
  });

  test("a connection that is closed without a reply may have carried the request", async () => {
    const port = await serving((request) => void request.resume().on("end", () => request.socket.end()));
    expect(await failureOf(`http://127.0.0.1:${port}/`)).toMatchObject({ unsent: false });
  });

  test("a server that does not speak HTTP may have got the request", async () => {
    const server = createServer();
    server.removeAllListeners("connection").on("connection", (socket: Socket) => {
      socket.on("error", () => {}).once("data", () => socket.end("nonsense\r\n\r\n"));
    });
    const port = await portOf(server);
    expect(await failureOf(`http://127.0.0.1:${port}/`)).toMatchObject({ unsent: false });
  });

  test("a reply that is reset in the middle of its body counts with its status and headers", async () => {
    const port = await serving((request, response) => {
      response.writeHead(201, { Location: "https://x.test/Attachments('1')", "Content-Length": "100" });
      response.write("{", () => setTimeout(() => request.socket.resetAndDestroy(), 50));
    });
    const { status, headers, body } = await send(`http://127.0.0.1:${port}/`);
    expect([status, headers.get("location"), body]).toEqual([201, "https://x.test/Attachments('1')", undefined]);
  });

  test("bytes arrive, and a header that is not text is an error that is thrown as it is", async () => {
    const seen: Buffer[] = [];
    const port = await serving((request, response) => {
      void bytesSent(request).then((bytes) => (seen.push(bytes), response.end()));
    });
    const url = `http://127.0.0.1:${port}/`;
    expect(await send(url)).toMatchObject({ status: 200 });
    expect(seen).toEqual([Buffer.from(count(10))]);
    const request = { method: "GET", url, headers: { "X-Trace": "a\nb" }, to: "api" } as const;
    expect(await thrownBy(sendByFetch(request, { timeout: 10_000 }))).toMatchObject({ name: "TypeError" });
    expect(seen).toHaveLength(1);
  });
});
