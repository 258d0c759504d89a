/** The listeners of a signal, and the joined signals that follow it. */
class Waiting {
  readonly #waiters = new Set<(reason: unknown) => void>();
  readonly #followers = new Set<{ deref(): AbortController | undefined }>();
  #listens = false;
  #sweepAt = 64;

  constructor(private readonly signal: AbortSignal) {}

  add(waiter: (reason: unknown) => void): () => void {
    this.#waiters.add(waiter);
    this.#listen();
    return () => {
      this.#waiters.delete(waiter);
      this.#listen();
    };
  }

  /** Joined signals are held weakly: they come with each upload, and the signal may live as long as the page. */
  follow(controller: AbortController): void {
    if (this.#followers.size >= this.#sweepAt) {
      for (const one of this.#followers) if (!one.deref()) this.#followers.delete(one);
      this.#sweepAt = Math.max(64, 2 * this.#followers.size);
    }
    this.#followers.add("WeakRef" in globalThis ? new WeakRef(controller) : { deref: () => controller });
    this.#listen();
  }

  /** One listener serves all: runtimes warn of more than ten. */
  #listen(): void {
    const listens = this.#waiters.size + this.#followers.size > 0;
    if (listens === this.#listens) return;
    this.#listens = listens;
    if (listens) this.signal.addEventListener("abort", this.#abort);
    else this.signal.removeEventListener("abort", this.#abort);
  }

  readonly #abort = (): void => {
    const reason = reasonOf(this.signal);
    const followers = [...this.#followers];
    const waiters = [...this.#waiters];
    this.#followers.clear();
    this.#waiters.clear();
    this.#listen();
    for (const one of followers) one.deref()?.abort(reason);
    for (const waiter of waiters) waiter(reason);
  };
}

const all = new WeakMap<AbortSignal, Waiting>();

function waitingFor(signal: AbortSignal): Waiting {
  const waiting = all.get(signal) ?? new Waiting(signal);
  all.set(signal, waiting);
  return waiting;
}

/** A signal that aborts with others. The map keeps its controller for as long as somebody has the signal. */
interface Joined {
  readonly controller: AbortController;
  readonly roots: readonly AbortSignal[];
}
const joined = new WeakMap<AbortSignal, Joined>();
/** Joined signals that somebody waits for, who may hold nothing else of them. */
const awaited = new Map<AbortSignal, number>();

function count(signal: AbortSignal, more: number): void {
  const waiters = (awaited.get(signal) ?? 0) + more;
  if (waiters > 0) awaited.set(signal, waiters);
  else awaited.delete(signal);
}

/** Calls `stop` with the reason when the signal aborts. Returns what ends that, which must be called. */
export function onAbort(signal: AbortSignal | null | undefined, stop: (reason: unknown) => void): () => void {
  if (!signal) return () => {};
  const end = waitingFor(signal).add(stop);
  if (!joined.has(signal)) return end;
  count(signal, 1);
  let ended = false;
  return () => {
    end();
    if (!ended) count(signal, -1);
    ended = true;
  };
}

/** Reasons of signals that have none: `AbortSignal` of React Native (`abort-controller` 3) knows only that it is aborted. */
const reasons = new WeakMap<AbortSignal, unknown>();

/** The reason of an aborted signal, always the same. */
export function reasonOf(signal: AbortSignal): unknown {
  const root = abortedBehind(signal) ?? signal;
  const known: unknown = signal.reason ?? root.reason ?? reasons.get(root);
  if (known !== undefined) return known;
  const reason = Object.assign(new Error("This operation was aborted"), { name: "AbortError" });
  reasons.set(root, reason);
  return reason;
}

/** Throws the signal's reason if it is aborted. Not its own `throwIfAborted`, which React Native lacks. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw reasonOf(signal);
}

/** Settles as `work` does, or rejects with the signal's reason when it aborts. Leaves no listener behind. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      work.catch(() => {});
      return reject(reasonOf(signal));
    }
    const end = onAbort(signal, reject);
    void work.then(resolve, reject).finally(end);
  });
}

/** A signal that aborts as soon as one of these does. `undefined` if there is none. */
export function signalFor(...signals: readonly (AbortSignal | null | undefined)[]): AbortSignal | undefined {
  const given = new Set(signals.filter((signal) => signal !== undefined && signal !== null));
  const [first, ...others] = given;
  if (!first || others.length === 0) return first;
  const controller = new AbortController();
  const aborted = [...given].find((signal) => signal.aborted);
  const roots = aborted ? rootsOf(aborted) : [...new Set([...given].flatMap(rootsOf))];
  joined.set(controller.signal, { controller, roots });
  if (aborted) controller.abort(reasonOf(aborted));
  else for (const root of roots) waitingFor(root).follow(controller);
  return controller.signal;
}

function rootsOf(signal: AbortSignal): readonly AbortSignal[] {
  return joined.get(signal)?.roots ?? [signal];
}

/** The signals behind an aborted one that have aborted. Joined signals of one abort have the same. */
export function abortedBehind(signal: AbortSignal): AbortSignal | undefined {
  return rootsOf(signal).find(({ aborted }) => aborted);
}
