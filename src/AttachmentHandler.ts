import type { Context, Middleware } from "@microsoft/microsoft-graph-client";
import { HEAD, type Head } from "./head.js";
import { intercept, type Recognition } from "./intercept.js";
import { askedOptions, LargeAttachmentHandlerOptions, settings, type Settings, type UploadOptions } from "./options.js";
import { Traffic } from "./engine/traffic.js";

/** What the handlers have in common: defaults, one traffic for all uploads through them, and a place in the chain. */
export abstract class AttachmentHandler implements Middleware {
  /** @internal */
  options: UploadOptions = {};
  #settings = settings();
  /** @internal */
  readonly traffic = new Traffic();
  /** @internal */
  protected next: Middleware | undefined;

  /** Throws an `UploadError` of code `invalid` for options that make no sense. */
  constructor(options: UploadOptions | LargeAttachmentHandlerOptions = {}) {
    this.configure(options instanceof LargeAttachmentHandlerOptions ? options.upload : options);
  }

  /** @internal */
  protected abstract readonly recognition: Recognition;

  /** @internal */
  configure(options: UploadOptions): void {
    this.#settings = settings(this.options, options);
    this.options = { ...this.options, ...options };
  }

  async execute(context: Context): Promise<void> {
    if (!this.next) throw new Error("An attachment handler needs a middleware after it: put it first in the chain.");
    const { traffic, recognition } = this;
    await intercept({ context, next: this.next, traffic, recognition, settings: () => this.settingsFor(context) });
  }

  /** @internal */
  get [HEAD](): Head {
    return { options: this.options, traffic: this.traffic, protocols: this.recognition.protocols };
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
