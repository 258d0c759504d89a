import { NoReply } from "./refusal.js";
import { isObject, text } from "../json.js";

/**
 * Codes of failures before a connection stood, so that nothing can have reached the service: refused, unreachable, unknown
 * host, untrusted certificate. From Node and undici, Bun, and OpenSSL's verification.
 */
const UNSENT_CODE =
  /^(ECONNREFUSED|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|ENOTFOUND|EAI_\w+|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|FailedToOpenSocket|CERT_\w+|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|ERR_TLS_CERT_\w+|ERROR_IN_CERT_\w+|HOSTNAME_MISMATCH)$/;
const NETWORK_CODE =
  /^(E(?!RR_)[A-Z_]+|UND_ERR_(?!INVALID_|NOT_SUPPORTED)\w+|ERR_(HTTP2|NETWORK|SOCKET|SSL|STREAM_PREMATURE|TLS)\w*|Connection\w+|FailedToOpenSocket)$/;

/** Deno names no code. Its HTTP client says `(Connect)` for everything before a connection stood. */
const UNSENT_WORDS =
  /client error \(Connect\)|^(DNS lookup failed|Could not connect to|Error resolving|Could not resolve)/i;
/**
 * How `fetch` words a failure where there is no code: Node, Chromium, Firefox, Safari and WebKitGTK, Deno, Cloudflare
 * Workers (which reject with a plain `Error`: cloudflare/workerd, issue 7195), and the polyfill of React Native.
 */
const NETWORK_WORDS =
  /^(fetch failed|terminated|failed to fetch|network ?error|network request failed|load failed|the network connection was lost|the internet connection|network connection lost|internal error; reference = |error sending request|error reading a body|connection (closed|reset|terminated|error)|socket |error in input stream|request failed|message corrupt|could not connect|error resolving|cannot resolve)|client error \(|connection was (closed|lost|reset)/i;

/**
 * Reads what a request failed with: no reply came, or `undefined` if it was no failure of the network, such as a sign-in
 * that failed or an invalid header. `offline`: the browser knew that it was offline before it sent.
 */
export function networkFailure(error: unknown, offline = false): NoReply | undefined {
  if (error instanceof NoReply) return error;
  const all = chainOf(error);
  const codes = all.flatMap(({ code }) => text(code) ?? []);
  const words = all.flatMap(({ message }) => text(message) ?? []);
  const [first] = words;
  const isNetwork =
    codes.some((code) => UNSENT_CODE.test(code) || NETWORK_CODE.test(code)) ||
    (codes.length === 0 && (NETWORK_WORDS.test(first ?? "") || all[0]?.name === "NetworkError"));
  if (!isNetwork) return undefined;
  const unsent =
    offline || codes.some((code) => UNSENT_CODE.test(code)) || words.some((word) => UNSENT_WORDS.test(word));
  return new NoReply(error, unsent);
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
