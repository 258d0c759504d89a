import {
  createServer as createHttp,
  request as requestHttp,
  Server as HttpServer,
  type RequestListener,
} from "node:http";
import { createServer as createHttps, Server as HttpsServer } from "node:https";
import { connect, createServer as createNet, type AddressInfo, type Server as NetServer, type Socket } from "node:net";
import { generate } from "selfsigned";

const closing: (() => void)[] = [];

/** Ends everything that was started. */
export function closeAll(): void {
  for (const close of closing.splice(0)) close();
}

/** Starts a server, and returns its origin. An HTTP server is a net server too. */
export async function listening(server: NetServer, scheme: string): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    if (server instanceof HttpServer || server instanceof HttpsServer) server.closeAllConnections();
    server.close();
  });
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export const httpService = (answer: RequestListener) => listening(createHttp(answer), "http");

/** An authority of our own, and a certificate of it for 127.0.0.1 and localhost. */
export async function certificate() {
  const altNames = [
    { type: 7 as const, ip: "127.0.0.1" },
    { type: 2 as const, value: "localhost" },
  ];
  const made = await generate([{ name: "commonName", value: "localhost" }], {
    keySize: 2048,
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames },
    ],
  });
  return { key: made.private, cert: made.cert };
}

export const httpsService = (pair: { key: string; cert: string }, answer: RequestListener) =>
  listening(createHttps(pair, answer), "https");

/** A service that is a plain socket: it speaks HTTP by hand. */
export const rawService = (answer: (socket: Socket, connection: number) => void) => {
  let connections = 0;
  const server = createNet((socket) => {
    socket.on("error", () => {});
    closing.push(() => socket.destroy());
    answer(socket, ++connections);
  });
  return listening(server, "http");
};

/** A proxy that notes what it is asked for. `refuse`: the status of its answers to CONNECT. */
export async function proxy(refuse?: number) {
  const seen: { readonly line: string; readonly authorization?: string }[] = [];
  const server = createHttp((request, response) => {
    seen.push({
      line: `${request.method} ${new URL(request.url!).pathname}`,
      authorization: request.headers["proxy-authorization"],
    });
    const { "proxy-authorization": _, ...headers } = request.headers;
    const onward = requestHttp(request.url!, { method: request.method, headers }, (reply) => {
      response.writeHead(reply.statusCode!, reply.headers);
      reply.pipe(response);
    });
    request.pipe(onward);
  });
  server.on("connect", (request, socket: Socket) => {
    seen.push({ line: `CONNECT ${request.url}`, authorization: request.headers["proxy-authorization"] });
    socket.on("error", () => {});
    closing.push(() => socket.destroy());
    if (refuse !== undefined) return void socket.end(`HTTP/1.1 ${refuse} No\r\n\r\n`);
    const [host, port] = request.url!.split(":");
    const onward = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
    onward.on("error", () => socket.destroy());
    closing.push(() => onward.destroy());
  });
  return { url: await listening(server, "http"), seen };
}
