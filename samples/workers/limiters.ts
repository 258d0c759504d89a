import Bottleneck from "bottleneck";
import { Redis } from "ioredis";
import type { Limiter } from "graph-large-attachments";
import { redisLimiter } from "graph-large-attachments/redis";

/** Shares the limits of each mailbox between all workers with one Redis. */
export function sharedLimiter(url: string): Limiter {
  const redis = new Redis(url);
  const subscriber = new Redis(url, { enableReadyCheck: false });
  return redisLimiter((script, keys, args) => redis.eval(script, keys.length, ...keys, ...args), {
    uploadBytes: 157_286_400, // 150 MB in 5 minutes
    subscribe(channel, hear) {
      subscriber.on("message", (_, message) => hear(message));
      return subscriber.subscribe(channel);
    },
    onError: (error) => console.error("Redis fails, so requests go without the limiter:", error),
  });
}

/** The same by Bottleneck, for those who have it. A pause takes all places for so long. */
export function bottleneckLimiter(url: string): Limiter {
  const clientOptions = url;
  const lanes = new Bottleneck.Group({ id: "graph", datastore: "ioredis", maxConcurrent: 4, clientOptions, Redis });
  const hold = (lane: string, priority: number, milliseconds: number) =>
    lanes.key(lane).schedule({ priority }, () => new Promise<void>((done) => void setTimeout(done, milliseconds)));
  return {
    enter: ({ lane }) =>
      new Promise((entered, failed) => {
        const request = () => new Promise<void>((leave) => entered(() => leave()));
        lanes.key(lane).schedule({ expiration: 360_000 }, request).catch(failed);
      }),
    pause: (lane, milliseconds) => void [1, 2, 3, 4].map(() => hold(lane, 0, milliseconds).catch(() => {})),
  };
}
