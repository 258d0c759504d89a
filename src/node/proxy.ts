import http from "node:http";
import https from "node:https";
import { BlockList, isIP } from "node:net";
import { readFileSync } from "node:fs";
import type { Duplex } from "node:stream";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import * as tls from "node:tls";
import { UploadError } from "../index.js";
import type { RangeFetchOptions } from "./rangeFetchOptions.js";

/** The address that a request connects to, and its options. */
interface Route {
  /** Over TLS from here on. */
  readonly secure: boolean;
  readonly options: https.RequestOptions;
  readonly headers?: Record<string, string>;
}

/** Milliseconds that an idle connection is kept, unless the service names a shorter time. */
const KEPT = 15_000;
/** Milliseconds. */
const CONNECT_TIMEOUT = 10_000;

/** Agents for all services, over proxies where the options or the environment name one. */
export function routes({ ca, proxy }: RangeFetchOptions, env: NodeJS.ProcessEnv) {
  const from = (name: string) => env[name.toLowerCase()] || env[name.toUpperCase()] || undefined;
  const proxies =
    proxy === false
      ? {}
      : proxy !== undefined
        ? { "http:": proxyIn(String(proxy), "proxy"), "https:": proxyIn(String(proxy), "proxy") }
        : {
            "http:": proxyIn(from("http_proxy"), "HTTP_PROXY"),
            "https:": proxyIn(from("https_proxy"), "HTTPS_PROXY"),
          };
  const passes = proxy === undefined ? exceptions(from("no_proxy") ?? "") : () => false;
  const secureContext = ca === undefined ? undefined : trusting([ca].flat());
  const usual = { keepAlive: true, timeout: KEPT, ...(secureContext && { secureContext }) };
  const made: { direct?: http.Agent; secure?: https.Agent; tunnel?: https.Agent; proxied?: http.Agent } = {};
  return {
    to(url: URL): Route {
      const secure = url.protocol === "https:";
      const proxied: URL | undefined = Reflect.get(proxies, url.protocol);
      const via = proxied && passes(url) ? undefined : proxied;
      if (secure && via) return { secure, options: { agent: (made.tunnel ??= new Tunnel(usual, via)) } };
      if (secure) return { secure, options: { agent: (made.secure ??= new https.Agent(usual)) } };
      if (!via) return { secure, options: { agent: (made.direct ??= new http.Agent(usual)) } };
      const agent = (made.proxied ??= new (via.protocol === "https:" ? https : http).Agent(usual));
      return {
        secure: via.protocol === "https:",
        options: { agent, protocol: via.protocol, ...addressOf(via), path: url.href, setHost: false },
        headers: { Host: url.host, ...authorization(via) },
      };
    },
    close(): void {
      for (const agent of Object.values(made)) agent?.destroy();
    },
  };
}

/** Connects to a service by CONNECT, and keeps such connections as any other. */
class Tunnel extends https.Agent {
  constructor(
    options: https.AgentOptions,
    private readonly proxy: URL,
  ) {
    super(options);
  }

  override createConnection(options: object, done?: (error: Error | null, socket: Duplex) => void): undefined {
    const ended = done as (error: Error | null, socket?: Duplex) => void;
    const { host: name, port } = options as https.RequestOptions;
    const host = String(name);
    const target = `${isIP(host) === 6 ? `[${host}]` : host}:${port ?? 443}`;
    const { secureContext } = this.options as { secureContext?: SecureContext };
    const request = (this.proxy.protocol === "https:" ? https : http).request({
      ...addressOf(this.proxy),
      ...(secureContext && { secureContext }),
      method: "CONNECT",
      path: target,
      headers: { Host: target, ...authorization(this.proxy) },
      agent: false,
      timeout: CONNECT_TIMEOUT,
    });
    request.on("timeout", () => request.destroy(unreached("the proxy did not answer in 10 s")));
    request.on("error", (error) => ended(error));
    request.on("connect", ({ statusCode }, socket) => {
      socket.on("error", () => {}); // TLS reports it
      socket.setTimeout(0);
      if (statusCode === 200)
        return ended(
          null,
          super.createConnection(Object.assign({ socket }, options as https.RequestOptions)) ?? undefined,
        );
      socket.destroy();
      ended(unreached(`the proxy answered ${statusCode}`));
    });
    request.end();
  }
}

/** Nothing was sent to the service: `network.ts` knows that by these words. */
function unreached(why: string): Error {
  return Object.assign(new Error(`could not connect to the service: ${why}`), { code: "ERR_NETWORK_PROXY" });
}

function addressOf({ hostname, port, protocol }: URL): { host: string; hostname: string; port: number } {
  const host = hostname.replace(/^\[|\]$/g, "");
  return { host, hostname: host, port: Number(port || (protocol === "https:" ? 443 : 80)) };
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "Proxy-Authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** The address of a proxy, which may contain a password and so is never quoted. */
function proxyIn(given: string | undefined, name: string): URL | undefined {
  if (given === undefined) return undefined;
  const address = given.includes("://") ? given : `http://${given}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new UploadError(
    "invalid",
    `${name} must be the address of an HTTP proxy, such as http://proxy:3128. For other proxies give rangeFetch an agent, such as one of the package proxy-agent.`,
  );
}

/** Certificates besides Node's own. Node itself would trust the given ones only. */
function trusting(given: readonly (string | Buffer)[]): SecureContext {
  const extra = process.env["NODE_EXTRA_CA_CERTS"];
  const current: unknown = Reflect.get(tls, "getCACertificates");
  const known =
    typeof current === "function"
      ? (current("default") as string[])
      : [...rootCertificates, ...(extra === undefined ? [] : readable(extra))];
  return createSecureContext({ ca: [...known, ...given] });
}

/** Node warns of a file that it cannot read, and goes on. */
function readable(file: string): string[] {
  try {
    return [readFileSync(file, "utf8")];
  } catch {
    return [];
  }
}

/** Reads NO_PROXY: hosts, `.suffix`, `*.suffix`, `*`, each perhaps with a port, addresses, ranges `a-b` and `a/bits`. */
export function exceptions(list: string): (url: URL) => boolean {
  const entries = list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  const addresses = new BlockList();
  const names: ((host: string, port: string) => boolean)[] = [];
  for (const entry of entries) {
    const [first = "", last = first] = entry.split("-");
    const [net = "", bits] = entry.split("/");
    if (entry === "*") names.push(() => true);
    else if (isIP(first) !== 0 && isIP(first) === isIP(last)) addresses.addRange(first, last, family(first));
    else if (isIP(net) !== 0 && /^\d+$/.test(bits ?? "")) addSubnet(addresses, net, Number(bits));
    else {
      const [, name = "", wanted] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      const suffix = /^\*?(\..+)$/.exec(name)?.[1];
      names.push((host, port) =>
        Boolean((suffix ? host.endsWith(suffix) : host === name) && (wanted === undefined || wanted === port)),
      );
    }
  }
  return ({ hostname, port, protocol }) => {
    const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
    const used = port || (protocol === "https:" ? "443" : "80");
    return names.some((matches) => matches(host, used)) || (isIP(host) !== 0 && addresses.check(host, family(host)));
  };
}

function addSubnet(addresses: BlockList, net: string, bits: number): void {
  if (bits <= (isIP(net) === 6 ? 128 : 32)) addresses.addSubnet(net, bits, family(net));
}

const family = (address: string) => (isIP(address) === 6 ? "ipv6" : "ipv4");
