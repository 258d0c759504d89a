import { Refusal } from "../http/refusal.js";
import type { Job } from "../upload/job.js";

/** Does something with a file. If the service refuses its place, looks whether it goes to another one, or to the same one now. */
export async function tryPlaces<T>(job: Job, work: (job: Job) => Promise<T>): Promise<T> {
  const retrier = job.service.retrier();
  let now = job;
  for (let times = 0; ; times += 1) {
    try {
      return await work(now);
    } catch (error) {
      const look = error instanceof Refusal ? now.protocol.lookAgain?.(error.reply, now) : undefined;
      if (!look || times >= look.times) throw error;
      const next = look.read(await now.service.get(look.request, (reply) => reply));
      if (!next || (next.collection === now.collection && !(await retrier.next()))) throw error;
      now = { ...now, ...next };
    }
  }
}
