import { lookup } from "node:dns/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Certificate } from "./certificate.js";

export type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** One listening origin. `port` is the same on all its addresses. */
export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens with HTTPS on every address of a loopback name, because clients try them in different orders. `wanted` is the
 * port, or 0 for any free one.
 */
export async function listen(
  host: string,
  wanted: number,
  certificate: Certificate,
  listener: Listener,
): Promise<Listening> {
  const addresses = (await lookup(host, { all: true })).map(({ address }) => address);
  for (let attempt = 0; ; attempt++) {
    const servers: Server[] = [];
    try {
      for (const address of new Set(addresses)) {
        servers.push(await listenOn(address, portOf(servers[0]) || wanted, certificate, listener));
      }
      return { port: portOf(servers[0]), close: async () => void (await Promise.all(servers.map(close))) };
    } catch (error) {
      await Promise.all(servers.map(close));
      // The port of one address may be taken on the other.
      if (wanted > 0 || attempt === 4 || (error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    }
  }
}

function listenOn(address: string, port: number, certificate: Certificate, listener: Listener): Promise<Server> {
  // Connections stay open, because a close between two requests would look like a fault.
  const server = createServer({ ...certificate, keepAliveTimeout: 0, requestTimeout: 0 }, listener);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, address, () => resolve(server));
  });
}

const portOf = (server: Server | undefined): number => (server?.address() as AddressInfo | undefined)?.port ?? 0;

/** Stops listening and destroys all connections, hanging requests included. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
