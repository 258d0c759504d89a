/** Bytes that a service documents for a lane in a time. Milliseconds. */
export interface Allowance {
  readonly bytes: number;
  readonly window: number;
}

/** Requests of so many bytes finish what others have sent. Bytes are kept for them. */
export const SMALL = 65_536;
const KEPT = 1_048_576;

interface Entry {
  readonly bytes: number;
  /** When its reply came. */
  time: number;
}

/**
 * What a lane has sent in the window that its service documents. The documentation does not say which requests count, so the
 * first one beyond is sent alone. If it gets a 429, the lane keeps within the window from then on.
 */
export class Quota {
  #sent: Entry[] = [];
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
    const last = this.#sent.find((one) => (left -= one.bytes) <= 0);
    return last ? last.time + this.allowance.window - now : 0; // nothing else in the window: the service decides
  }

  /** Counts a request that goes. Returns what is called when its reply is there; `unsent`: it has not gone. */
  take(bytes: number, now: number): (now: number, unsent?: boolean) => void {
    const entry = { bytes, time: Infinity };
    if (this.#counts === undefined && this.#over(bytes, now) > 0) this.#trial = entry;
    if (bytes > 0) this.#sent.push(entry);
    return (end, unsent = false) => {
      entry.time = end;
      const isTrial = this.#trial === entry;
      if (isTrial) this.#trial = undefined;
      if (unsent) this.#drop(entry);
      else if (isTrial) this.#counts ??= false;
    };
  }

  /** A 429. Returns true if the used window explains it. */
  refused(now: number): boolean {
    if (this.#counts || !(this.#trial || this.#over(0, now) > 0)) return false;
    this.#counts = true;
    if (this.#trial) this.#drop(this.#trial);
    return true;
  }

  /** Bytes above the allowance. */
  #over(bytes: number, now: number): number {
    const { window, bytes: most } = this.allowance;
    this.#sent = this.#sent.filter(({ time }) => time + window > now);
    const kept = this.#counts && bytes > SMALL ? KEPT : 0;
    return this.#sent.reduce((sum, one) => sum + one.bytes, bytes) - most + kept;
  }

  #drop(entry: Entry): void {
    this.#sent = this.#sent.filter((one) => one !== entry);
  }
}
