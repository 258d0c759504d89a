import { tell } from "../callbacks.js";
import type { Limiter } from "../limiter.js";
import type { Settings } from "../options.js";
import type { Api, Reply, WireRequest } from "../protocol.js";
import { orAborted } from "../signals.js";
import { lengthOf } from "./requestBody.js";
import { askedWait, isThrottle, LONGEST_WAIT, pauseFor } from "./retry.js";

/** The lane of one upload: its requests go when the limiter lets them, and what throttles one of them pauses all. */
export class Lane {
  /** Throttles in a row. */
  #throttles = 0;
  /** Milliseconds that they asked for. */
  #waited = 0;
  readonly name: string;
  readonly most: number;

  constructor(
    private readonly api: Api,
    url: string,
    private readonly settings: Settings,
    private readonly gate: Limiter,
  ) {
    this.name = api.throttle?.lane(url, settings.mailbox) ?? url;
    this.most = api.throttle?.most ?? Infinity;
  }

  /** Sends in turn. A throttle pauses the lane before the next request can have the place. */
  async run<T extends Pick<Reply, "status" | "headers"> | undefined>(
    { method, body }: Pick<WireRequest, "method" | "body">,
    go: () => Promise<T>,
  ): Promise<T> {
    const { signal, limiter = this.gate } = this.settings;
    if (!this.api.throttle) return go();
    const bytes = method === "GET" ? 0 : lengthOf(body);
    const entering = limiter.enter({ lane: this.name, most: this.most, bytes }, signal);
    const leave = await orAborted(entering, signal).catch((error: unknown) => {
      entering.then((late) => late()).catch(() => {}); // a limiter that does not listen to the signal
      throw error;
    });
    try {
      const reply = await go();
      if (reply) this.#heed(reply, limiter);
      return reply;
    } finally {
      leave();
    }
  }

  /** A 503 holds back only the request itself. Nobody waits for a throttle that asks for too long. */
  #heed(reply: Pick<Reply, "status" | "headers">, limiter: Limiter): void {
    const { delay, patience = LONGEST_WAIT, onWaiting } = this.settings;
    if (!isThrottle(reply)) this.#throttles = this.#waited = 0;
    else if ((askedWait(reply.headers) ?? 0) <= patience) {
      const wait = pauseFor(reply, this.#throttles++, delay);
      if (reply.status < 500) limiter.pause(this.name, wait);
      const requestId = reply.headers.get("request-id") ?? undefined;
      const { name: lane } = this;
      tell(onWaiting, { reason: "throttled", wait, waited: this.#waited, status: reply.status, lane, requestId });
      this.#waited += wait;
    }
  }
}
