import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

/** A Redis of its own for a test: real, on a free port, without files. */
export interface RedisServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts `redis-server`. Where it is missing, the error says how to get it. */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const child = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
  const missing = once(child, "error").then(([error]) => {
    throw new Error("These tests need redis-server: install it with apt-get install redis-server.", { cause: error });
  });
  await Promise.race([ready(child.stdout), missing]);
  missing.catch(() => {});
  return {
    url: `redis://127.0.0.1:${port}`,
    async close() {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function ready(stdout: NodeJS.ReadableStream): Promise<void> {
  let text = "";
  for await (const chunk of stdout) {
    text += String(chunk);
    if (text.includes("Ready to accept connections")) break;
  }
  stdout.resume();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
