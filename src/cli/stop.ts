import { UploadError } from "../index.js";
import { EXIT } from "./failure.js";
import type { Output } from "./output.js";

/** Handles Ctrl-C: the first one stops the upload, the second one ends the process immediately. */
export class Stop {
  readonly #controller = new AbortController();
  readonly #onSignal: () => void;

  constructor(output: Output) {
    this.#onSignal = () => {
      if (this.requested) process.exit(EXIT.stopped);
      output.info(`${process.stderr.isTTY ? "\n" : ""}Stopping. Press Ctrl-C again to end immediately.`);
      // With this error the library keeps the checkpoint, so that --resume can use it.
      this.#controller.abort(new UploadError("interrupted", "Stopped."));
    };
    process.on("SIGINT", this.#onSignal).on("SIGTERM", this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get requested(): boolean {
    return this.signal.aborted;
  }

  /** Stops listening for Ctrl-C. */
  end(): void {
    process.off("SIGINT", this.#onSignal).off("SIGTERM", this.#onSignal);
  }
}
