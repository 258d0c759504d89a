/** Numbers that follow from a seed alone (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Timer {
  readonly at: number;
  readonly fire: () => void;
}

const real = { setTimeout, clearTimeout, now: Date.now, random: Math.random, monotonic: performance.now };
const realNow = () => real.monotonic.call(performance);
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Time that passes only when nothing else can happen, in place of the global timers, clock and random numbers. */
export class Clock {
  #now = Date.UTC(2026, 0, 1);
  #last = 0;
  readonly #timers = new Map<number, Timer>();

  constructor(private readonly random: () => number) {}

  get now(): number {
    return this.#now;
  }

  get pending(): number {
    return this.#timers.size;
  }

  install(): void {
    const set = (fire: () => void, milliseconds = 0) => {
      this.#timers.set(++this.#last, { at: this.#now + Math.max(1, milliseconds), fire });
      return this.#last;
    };
    Object.assign(globalThis, { setTimeout: set, clearTimeout: (id: number) => void this.#timers.delete(id) });
    Date.now = () => this.#now;
    performance.now = () => this.#now;
    Math.random = this.random;
  }

  uninstall(): void {
    Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout });
    Date.now = real.now;
    performance.now = real.monotonic;
    Math.random = real.random;
  }

  /** Forgets what a process that has died was waiting for. */
  clear(): void {
    this.#timers.clear();
  }

  /** Lets time pass until `done` says so; `false` where nothing more would ever happen, or too much has. */
  async runUntil(done: () => boolean, mostTimers = 5_000): Promise<boolean> {
    for (let idle = realNow(), fired = 0; ;) {
      await turn();
      if (done()) return true;
      const next = [...this.#timers].reduce<[number, Timer] | undefined>(
        (soonest, one) => (soonest && soonest[1].at <= one[1].at ? soonest : one),
        undefined,
      );
      if (!next) {
        if (realNow() - idle > 2_000) return false; // hashing takes real time
        continue;
      }
      idle = realNow();
      if (++fired > mostTimers) return false;
      this.#timers.delete(next[0]);
      this.#now = Math.max(this.#now, next[1].at);
      next[1].fire();
    }
  }
}
