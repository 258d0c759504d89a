import { UploadError } from "../index.js";
import { EXIT } from "./failure.js";
import type { Output } from "./output.js";

/** Ctrl-C: the first one stops the work, the second one ends the process at once. */
export class Stop {
  readonly #controller = new AbortController();
  readonly #asked: () => void;

  constructor(output: Output) {
    this.#asked = () => {
      if (this.requested) process.exit(EXIT.stopped);
      output.note(`${process.stderr.isTTY ? "\n" : ""}Stopping. Ctrl-C again ends at once.`);
      // an upload that ends so keeps its session, where it has a store of checkpoints: it can go on
      this.#controller.abort(new UploadError("interrupted", "Stopped."));
    };
    process.on("SIGINT", this.#asked).on("SIGTERM", this.#asked);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get requested(): boolean {
    return this.signal.aborted;
  }

  end(): void {
    process.off("SIGINT", this.#asked).off("SIGTERM", this.#asked);
  }
}
