import type { Limiter } from "graph-large-attachments";

/** Holds the requests of one upload back while the user has paused it. A range that is on its way still arrives. */
export class Hold implements Limiter {
  #held: Promise<void> | undefined;
  /** Lets the requests continue. */
  release: () => void = () => {};

  hold(): void {
    this.#held = new Promise((resolve) => (this.release = resolve));
  }

  async enter(): Promise<() => void> {
    await this.#held;
    return () => {};
  }

  /** A request that was throttled waits automatically. */
  pause(): void {}
}
