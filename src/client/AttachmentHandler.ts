import type { Context, Middleware } from "@microsoft/microsoft-graph-client";
import { signalOf } from "../http/graphClient.js";
import {
  attachedFiles,
  isHandlerOptions,
  requestOptions,
  resolveOptions,
  type LargeAttachmentHandlerOptions,
  type Settings,
  type UploadOptions,
} from "../options.js";
import { signalFor } from "../signals.js";
import { STATE, type HandlerState } from "./handlerState.js";
import { mayAttach } from "./recognize.js";

/** Base class of the handlers: defaults, a cheap check of each request, and a place in the chain. */
export abstract class AttachmentHandler implements Middleware {
  /** @internal */
  options: UploadOptions = {};
  #settings = resolveOptions();
  /** @internal */
  protected next: Middleware | undefined;

  /** Throws an `UploadError` of code `invalid` for options out of bounds. */
  constructor(options: UploadOptions | LargeAttachmentHandlerOptions = {}) {
    this.configure(isHandlerOptions(options) ? options.upload : options);
  }

  /** @internal */
  protected abstract readonly uploads: HandlerState["uploads"];

  /** @internal */
  configure(options: UploadOptions): void {
    this.#settings = resolveOptions(this.options, options);
    this.options = { ...this.options, ...options };
  }

  async execute(context: Context): Promise<void> {
    const { next } = this;
    if (!next) throw new Error("An attachment handler needs a middleware after it. Put it first in the chain.");
    const attaches = mayAttach(context);
    if (!attaches && !this.composes(context)) return next.execute(context);
    const uploads = this.uploads(signalOf(context));
    const { takeOver } = uploads instanceof Promise ? await uploads : uploads;
    const settings = () => this.settingsFor(context);
    return takeOver({ context, next, handler: this, attaches, files: attachedFiles(context), settings });
  }

  /** @internal */
  get [STATE](): HandlerState {
    return { defaults: this.options, uploads: this.uploads, configure: (options) => this.configure(options) };
  }

  /** @internal Cheap check that a request may create or send an item with attachments. */
  protected composes(_context: Context): boolean {
    return false;
  }

  /** @internal */
  protected settingsFor(context: Context): Settings {
    const own = requestOptions(context);
    const signal = signalFor(signalOf(context), own?.signal, this.options.signal);
    return { ...(own ? resolveOptions(this.options, own) : this.#settings), signal };
  }

  setNext(next: Middleware): void {
    this.next = next;
  }
}
