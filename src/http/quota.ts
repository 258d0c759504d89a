/** Bytes that a service documents for a lane in a time. Milliseconds. */
export interface Allowance {
  readonly bytes: number;
  readonly window: number;
}

/** Requests of so many bytes finish what others have sent. Bytes are kept for them. */
export const SMALL = 65_536;
const KEPT = 1_048_576;

interface Entry {
  /** 0 once they do not count any more. */
  bytes: number;
  /** When its reply came. */
  time: number;
}

/**
 * The bytes that a lane has sent in the window that its service documents. The documentation does not say which requests
 * count, so the first one beyond is sent alone. If it gets a 429, the lane keeps within the window from then on.
 */
export class Quota {
  /** Requests with a reply, the oldest first. */
  readonly #done: Entry[] = [];
  /** Bytes of these, and of those under way. */
  #sum = 0;
  /** The window counts what this lane sends. `undefined` until a request beyond it has a reply. */
  #counts: boolean | undefined;
  #trial: Entry | undefined;

  constructor(private readonly allowance: Allowance) {}

  /** Milliseconds until so many bytes fit. `Infinity`: until a reply comes. `alone`: nothing is under way. */
  wait(bytes: number, alone: boolean, now: number): number {
    if (bytes === 0 || this.#counts === false) return 0;
    const over = this.#over(bytes, now);
    if (over <= 0) return 0;
    if (this.#counts === undefined) return alone ? 0 : Infinity;
    let left = over;
    const last = this.#done.find((one) => (left -= one.bytes) <= 0);
    if (last) return last.time + this.allowance.window - now;
    return over <= this.#sum ? Infinity : 0; // too large for the whole window: the service decides
  }

  /** Counts a request that goes. Returns what is called when its reply is there; `unsent`: it has not gone. */
  take(bytes: number, now: number): (now: number, unsent?: boolean) => void {
    const entry: Entry = { bytes, time: now };
    const over = this.#over(bytes, now);
    if (bytes > 0 && over > 0 && this.#counts === undefined) this.#trial = entry;
    this.#sum += bytes;
    return (end, unsent = false) => {
      entry.time = end;
      const isTrial = this.#trial === entry;
      if (isTrial) this.#trial = undefined;
      if (unsent) this.#drop(entry);
      else if (isTrial && over > KEPT) this.#counts ??= false; // the service may count somewhat fewer bytes
      if (entry.bytes > 0) this.#done.push(entry);
    };
  }

  /** A 429. Returns true if the used window explains it. */
  refused(now: number): boolean {
    if (this.#counts || !(this.#trial || this.#over(0, now) > 0)) return false;
    this.#counts = true;
    this.#drop(this.#trial);
    return true;
  }

  /** Bytes above the allowance. */
  #over(bytes: number, now: number): number {
    const { window, bytes: most } = this.allowance;
    while (this.#done[0] && this.#done[0].time + window <= now) this.#drop(this.#done.shift());
    const kept = this.#counts && bytes > SMALL ? KEPT : 0;
    return this.#sum + bytes - most + kept;
  }

  #drop(entry: Entry | undefined): void {
    if (!entry) return;
    this.#sum -= entry.bytes;
    entry.bytes = 0;
  }
}
