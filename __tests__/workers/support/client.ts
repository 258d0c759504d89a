import { Client } from "@microsoft/microsoft-graph-client";
import { Redis } from "ioredis";
import { withLargeAttachments, type UploadOptions } from "graph-large-attachments";
import { redisLimiter } from "graph-large-attachments/redis";

const { GRAPH = "", TOKEN = "", REDIS_URL, PREFIX = "workers" } = process.env;

/** A client as each worker has it. With a Redis, the workers share a limiter. */
export function connect(options: UploadOptions = {}): Client {
  const client = Client.initWithMiddleware({
    baseUrl: GRAPH,
    customHosts: new Set(["localhost"]),
    authProvider: { getAccessToken: async () => TOKEN },
  });
  return withLargeAttachments(client, { ...(REDIS_URL ? { limiter: limiterAt(REDIS_URL) } : {}), ...options });
}

function limiterAt(url: string) {
  const [redis, subscriber] = [new Redis(url), new Redis(url, { enableReadyCheck: false })];
  return redisLimiter((script, keys, args) => redis.eval(script, keys.length, ...keys, ...args), {
    prefix: PREFIX,
    lease: 3_000,
    subscribe: (channel, hear) => {
      subscriber.on("message", (_, message) => hear(message));
      return subscriber.subscribe(channel);
    },
  });
}
