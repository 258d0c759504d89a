/** The emulator was closed. */
export class Ended extends Error {}

/**
 * The delays that faults ask for. They end when the emulator closes. Node's timers take no `AbortSignal` here: jsdom and
 * happy-dom replace its class.
 */
export class Pauses {
  readonly #waiting = new Map<NodeJS.Timeout, () => void>();

  wait(milliseconds: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(timer);
        resolve();
      }, milliseconds);
      this.#waiting.set(timer, () => reject(new Ended()));
    });
  }

  end(): void {
    for (const [timer, reject] of this.#waiting) {
      clearTimeout(timer);
      reject();
    }
    this.#waiting.clear();
  }
}
