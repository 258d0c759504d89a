import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { Redis } from "ioredis";

/** The Redis at REDIS_URL, or one of its own, which ends with the program. */
export async function startRedis(): Promise<{ readonly url: string; close(): void }> {
  const { REDIS_URL: given } = process.env;
  if (given) return { url: given, close: () => {} };
  const port = await freePort();
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", ""];
  const server = spawn("redis-server", args, { stdio: "ignore" });
  process.on("exit", () => server.kill());
  const missing = once(server, "error").then(() => {
    throw new Error(
      "This sample needs Redis. Install it (apt-get install redis-server, brew install redis), or set REDIS_URL.",
    );
  });
  const url = `redis://127.0.0.1:${port}`;
  await Promise.race([answers(url), missing]);
  missing.catch(() => {});
  return { url, close: () => server.kill() };
}

async function answers(url: string): Promise<void> {
  const redis = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
  redis.on("error", () => {}); // it is about to start
  await redis.ping();
  redis.disconnect();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
