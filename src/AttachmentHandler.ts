import type { Context, Middleware } from "@microsoft/microsoft-graph-client";
import { intercept, type Recognition } from "./intercept.js";
import { askedOptions, LargeAttachmentHandlerOptions, settings, type UploadOptions } from "./options.js";
import { Queue } from "./queue.js";

/** What the handlers have in common: defaults, one queue for all uploads through them, and a place in the chain. */
export abstract class AttachmentHandler implements Middleware {
  /** @internal */
  options: UploadOptions = {};
  /** @internal */
  readonly queue = new Queue();
  #next: Middleware | undefined;

  /** Throws an `UploadError` of code `invalid` for options that make no sense. */
  constructor(options: UploadOptions | LargeAttachmentHandlerOptions = {}) {
    this.configure(options instanceof LargeAttachmentHandlerOptions ? options.upload : options);
  }

  /** @internal */
  protected abstract readonly recognition: Recognition;

  /** @internal */
  configure(options: UploadOptions): void {
    settings(options);
    this.options = { ...this.options, ...options };
  }

  async execute(context: Context): Promise<void> {
    if (!this.#next) throw new Error("An attachment handler needs a middleware after it: put it first in the chain.");
    const { queue, recognition } = this;
    const given = () => settings(this.options, askedOptions(context));
    await intercept({ context, next: this.#next, queue, recognition, settings: given });
  }

  setNext(next: Middleware): void {
    this.#next = next;
  }
}
