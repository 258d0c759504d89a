import type { Context, Middleware } from "@microsoft/microsoft-graph-client";
import { HEAD, type Head } from "./head.js";
import { askedOptions, LargeAttachmentHandlerOptions, settings, type Settings, type UploadOptions } from "../options.js";
import { mayAttach, signalOf } from "./recognise.js";

/** What the handlers have in common: defaults, a glance at each request, and a place in the chain. */
export abstract class AttachmentHandler implements Middleware {
  /** @internal */
  options: UploadOptions = {};
  #settings = settings();
  /** @internal */
  protected next: Middleware | undefined;

  /** Throws an `UploadError` of code `invalid` for options that make no sense. */
  constructor(options: UploadOptions | LargeAttachmentHandlerOptions = {}) {
    this.configure(options instanceof LargeAttachmentHandlerOptions ? options.upload : options);
  }

  /** @internal */
  protected abstract readonly uploads: Head["uploads"];

  /** @internal */
  configure(options: UploadOptions): void {
    this.#settings = settings(this.options, options);
    this.options = { ...this.options, ...options };
  }

  async execute(context: Context): Promise<void> {
    const { next } = this;
    if (!next) throw new Error("An attachment handler needs a middleware after it: put it first in the chain.");
    const attaches = mayAttach(context);
    if (!attaches && !this.composes(context)) return next.execute(context);
    const uploads = this.uploads(signalOf(context));
    const { takeOver } = uploads instanceof Promise ? await uploads : uploads;
    return takeOver({ context, next, handler: this, attaches, settings: () => this.settingsFor(context) });
  }

  /** @internal */
  get [HEAD](): Head {
    return { options: this.options, uploads: this.uploads };
  }

  /** @internal Whether a request may send or create what files are attached to. */
  protected composes(_context: Context): boolean {
    return false;
  }

  /** @internal */
  protected settingsFor(context: Context): Settings {
    const asked = askedOptions(context);
    return asked ? settings(this.options, asked) : this.#settings;
  }

  setNext(next: Middleware): void {
    this.next = next;
  }
}
