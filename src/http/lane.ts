import { tell } from "../callbacks.js";
import type { Limiter } from "../limiter.js";
import type { Settings } from "../settings.js";
import type { Api, Reply, WireRequest } from "../protocol.js";
import { orAborted } from "../signals.js";
import { lengthOf } from "./requestBody.js";
import { PATIENCE, type Gate } from "./gate.js";
import { askedWait, isThrottle, LONGEST_WAIT, pauseFor } from "./retry.js";

/** The place for what all uploads to mailboxes hold in memory. */
const MEMORY = "memory";
/** Bytes. */
const MOST_MEMORY = 16_777_216;

/** The place for the first ranges of files that are read before their turn. Those that hold it wait for nobody. */
const EARLY = "early";
/** Bytes. */
const MOST_EARLY = 8_388_608;

type Leave = (unsent?: boolean) => void;

/** A turn that was taken before a file is read. */
export interface Turn {
  /** Hands the turn to a request, or gives it back. `undefined` if it is gone. */
  take(): Leave | undefined;
  /** Waits for a file to be read. If that takes long, the turn is given back. */
  lend<T>(read: Promise<T>): Promise<T>;
}

/** The lane of one upload: its requests go when the limiter lets them, and what throttles one of them pauses all. */
export class Lane {
  /** Throttles in a row. */
  #throttles = 0;
  /** Milliseconds that they asked for. */
  #waited = 0;
  readonly name: string;
  readonly most: number;
  /** The lane of whole uploads. */
  readonly uploads: string;

  constructor(
    private readonly api: Api,
    url: string,
    private readonly settings: Settings,
    private readonly gate: Gate,
  ) {
    this.name = api.throttle?.lane(url, settings.mailbox) ?? url;
    this.most = api.throttle?.most ?? Infinity;
    this.uploads = `uploads to ${this.name}`;
  }

  /** Sends in turn. A throttle pauses the lane before the next request can have the place. `turn`: it has its turn already. */
  async run<T extends Pick<Reply, "status" | "headers"> | undefined>(
    { method, body }: Pick<WireRequest, "method" | "body">,
    go: () => Promise<T>,
    turn?: () => void,
  ): Promise<T> {
    if (!this.api.throttle) return go();
    const leave = turn ?? (await this.#enter(method === "GET" ? 0 : lengthOf(body)));
    try {
      const reply = await go();
      if (reply) this.#heed(reply, this.settings.limiter ?? this.gate);
      return reply;
    } finally {
      leave();
    }
  }

  /**
   * Takes a turn before so many bytes of a file are read, so that memory holds only what can be sent, and not too much of
   * it. `weight`: bytes in memory.
   */
  async turn(bytes: number, weight: number): Promise<Turn> {
    const leave = await this.#enter(bytes);
    const { signal } = this.settings;
    const memory = { lane: MEMORY, most: MOST_MEMORY, weight, behind: this.uploads };
    const free = await this.gate.enter(memory, signal).catch((error: unknown) => {
      leave(true);
      throw error;
    });
    let held: Leave | undefined = (unsent) => {
      leave(unsent);
      free();
    };
    const take = () => {
      const mine = held;
      held = undefined;
      return mine;
    };
    const lend: Turn["lend"] = async (read) => {
      const timer = setTimeout(() => take()?.(true), PATIENCE);
      return read.finally(() => clearTimeout(timer));
    };
    return { take, lend };
  }

  /** Takes memory for so many bytes that are read before their turn, if there is some. Returns what gives it back. */
  early(bytes: number): (() => void) | undefined {
    return this.gate.takeFree(EARLY, MOST_EARLY, bytes);
  }

  /** True if there is memory to read ahead. */
  get hasMemory(): boolean {
    return this.gate.hasRoom(MEMORY);
  }

  async #enter(bytes: number): Promise<Leave> {
    const { name: lane, most } = this;
    const { signal, limiter } = this.settings;
    const { allowance } = this.api.throttle ?? {};
    const entering: Promise<Leave> = limiter
      ? limiter.enter({ lane, most, bytes }, signal)
      : this.gate.enter({ lane, most, bytes, allowance }, signal);
    return orAborted(entering, signal).catch((error: unknown) => {
      entering.then((late) => late(true)).catch(() => {}); // a limiter that does not listen to the signal
      throw error;
    });
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
