// Two limiters of Bottleneck on one Redis, as two workers have them: prints the most requests at the same time, and a pause.
import { setTimeout as sleep } from "node:timers/promises";
import { bottleneckLimiter } from "../../../samples/workers/limiters";

const limiters = [1, 2].map(() => bottleneckLimiter(process.argv[2]!));
const request = { lane: "https://graph.microsoft.com/v1.0/users/a", most: 4, bytes: 0 };
let [inside, highest, done] = [0, 0, 0];

async function one(index: number): Promise<void> {
  const leave = await limiters[index % 2]!.enter(request);
  highest = Math.max(highest, ++inside);
  await sleep(20);
  inside--;
  done++;
  leave();
}

async function main(): Promise<void> {
  await Promise.all(Array.from({ length: 24 }, (_, index) => one(index)));
  limiters[0]!.pause(request.lane, 600);
  await sleep(200);
  const began = performance.now();
  await one(1);
  const paused = performance.now() - began > 200;
  process.stdout.write(`${JSON.stringify({ highest, done, paused })}\n`, () => process.exit());
}

void main();
