import type { Context, Middleware } from "@microsoft/microsoft-graph-client";
import { intercept } from "./intercept.js";
import { LargeAttachmentHandlerOptions, settings, type UploadOptions } from "./options.js";
import { protocolFor } from "./protocols/index.js";
import { Queue } from "./queue.js";

/**
 * Middleware that turns `POST {item}/attachments` of a large file into an upload session, so that code which attaches
 * small files attaches large ones. It stands first in the chain, one instance for each client:
 *
 * ```ts
 * Client.initWithMiddleware({
 *   middleware: [new LargeAttachmentHandler(), ...MiddlewareFactory.getDefaultMiddlewareChain(authProvider)],
 * });
 * ```
 *
 * Options for one request travel as `.middlewareOptions([new LargeAttachmentHandlerOptions({ onProgress })])`.
 */
export class LargeAttachmentHandler implements Middleware {
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
  configure(options: UploadOptions): void {
    settings(options);
    this.options = { ...this.options, ...options };
  }

  async execute(context: Context): Promise<void> {
    if (!this.#next) throw new Error("LargeAttachmentHandler needs a middleware after it: put it first in the chain.");
    const asked = () =>
      context.middlewareControl?.getMiddlewareOptions(LargeAttachmentHandlerOptions) as
        LargeAttachmentHandlerOptions | undefined;
    const interception = {
      context,
      next: this.#next,
      queue: this.queue,
      settings: () => settings(this.options, asked()?.upload),
    };
    await intercept(interception, protocolFor);
  }

  setNext(next: Middleware): void {
    this.#next = next;
  }
}
