import type http from "node:http";

/** Options of `rangeFetch`, all about its connections. */
export interface RangeFetchOptions {
  /** Certificates in PEM that are trusted besides those that Node trusts. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[];
  /** Address of the proxy for all requests, or `false` for none. @default HTTPS_PROXY, HTTP_PROXY and NO_PROXY */
  readonly proxy?: string | URL | false;
  /**
   * Your own agent for every request, such as one of the package `proxy-agent`. The agent then handles certificates
   * and proxies, and `close()` does not close it. @default an agent that keeps connections
   */
  readonly agent?: http.Agent;
}
