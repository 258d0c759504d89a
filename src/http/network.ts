import { NoReply } from "./refusal.js";
import { isObject } from "../isObject.js";
import { text } from "../json.js";

/** Failures before a connection stood: unknown host, refused. Node and undici, Bun. */
const UNSENT_CODE = /^(ECONNREFUSED|ENOTFOUND|EAI_\w+|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|FailedToOpenSocket)$/;
/** Certificates that are not trusted: OpenSSL's checks, and Deno's words. No retry helps. */
const UNTRUSTED_CODE =
  /^(CERT_\w+|CRL_\w+|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|ERR_TLS_CERT_\w+|ERROR_IN_CERT_\w+|HOSTNAME_MISMATCH)$/;
const NETWORK_CODE =
  /^(E(HOST|NET)(UNREACH|DOWN)|EADDRNOTAVAIL|ECONNRESET|ECONNABORTED|ENETRESET|ENOTCONN|EPIPE|EPROTO|E(SOCKET)?TIMEDOUT|HPE_\w+|UND_ERR_(?!INVALID_|NOT_SUPPORTED)\w+|ERR_HTTP2_(GOAWAY|SERVER|SESSION|STREAM)_\w+|ERR_(NETWORK|SSL)\w*|ERR_SOCKET_C\w+|ERR_STREAM_PREMATURE_CLOSE|ERR_TLS_HANDSHAKE_TIMEOUT|Connection\w+)$/;

/** Words for the same. Codes such as EHOSTUNREACH also come from connections that stood, unless they are of `connect`. */
const UNSENT_WORDS =
  /^connect E|client error \(Connect\)|^(DNS lookup failed|could not connect to|error resolving|could not resolve|a server with the specified hostname)|wrong version number|handshake failure|unsupported protocol|alert protocol version|no shared cipher/i;
/**
 * The words of `fetch` for a failure without a code: Node, Chromium, Firefox, Safari and WebKitGTK, Deno, Cloudflare Workers (a plain
 * `Error`: cloudflare/workerd, issue 7195), node-fetch, and the polyfill of React Native.
 */
const NETWORK_WORDS =
  /^(fetch failed|terminated|failed to fetch|network ?error|network request (failed|timed out)|network timeout|load failed|the network connection was lost|the internet connection|the request timed out|a server with the specified hostname|network connection lost|internal error; reference = |error sending request|error reading a body|connection (closed|reset|terminated|error)|socket |error in input stream|message corrupt|could not connect|could not resolve|error resolving|cannot resolve|dns lookup failed)|client error \(|connection was (closed|lost|reset)/i;

/**
 * Reads what a request failed with. `undefined` if it was no failure of the network, such as a sign-in that failed or an
 * invalid header. `offline`: the browser knew that it was offline before it sent.
 */
export function networkFailure(error: unknown, offline = false): NoReply | undefined {
  if (error instanceof NoReply) return error;
  const all = chainOf(error);
  const codes = all.flatMap(({ code }) => text(code) ?? []);
  const words = all.flatMap(({ message }) => text(message) ?? []);
  const byWords = NETWORK_WORDS.test(words[0] ?? "") || all[0]?.name === "NetworkError";
  const untrusted =
    codes.some((code) => UNTRUSTED_CODE.test(code)) || words.some((word) => /invalid peer certificate/i.test(word));
  const byCode = untrusted || codes.some((code) => UNSENT_CODE.test(code) || NETWORK_CODE.test(code));
  if (!byCode && (!byWords || codes.length > 0)) return undefined;
  const unsent =
    offline ||
    untrusted ||
    codes.some((code) => UNSENT_CODE.test(code)) ||
    words.some((word) => UNSENT_WORDS.test(word));
  return new NoReply(error, unsent, untrusted, reasonIn(words, codes));
}

/** The words of an error and of its causes, without repetitions and addresses. The code, where no word contains it. */
function reasonIn([first = "", ...others]: readonly string[], [code = ""]: readonly string[]): string {
  const more = others.find((word) => !/https?:/i.test(word) && !first.includes(word));
  const all = more === undefined ? first : `${first}: ${more}`;
  return all.includes(code) ? all : `${all} (${code})`;
}

/** An error and its causes, and the errors behind an `AggregateError` (one for each address of a host). */
function chainOf(error: unknown): { readonly [name in "code" | "message" | "name"]?: unknown }[] {
  const found: object[] = [];
  const add = (one: unknown): void => {
    if (!isObject(one) || found.includes(one) || found.length > 10) return;
    found.push(one);
    add(one["cause"]);
    if (Array.isArray(one["errors"])) one["errors"].forEach(add);
  };
  add(error);
  return found;
}
