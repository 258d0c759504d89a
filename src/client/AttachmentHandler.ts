import type { Context, Middleware } from "@microsoft/microsoft-graph-client";
import { UploadError } from "../errors.js";
import { letGoAll } from "../files/hold.js";
import { NEXT, signalOf } from "../http/graphClient.js";
import { givenIn, isHandlerOptions, type Given, type LargeAttachmentHandlerOptions } from "../middlewareOptions.js";
import type { UploadOptions } from "../options.js";
import { resolveOptions, type Settings } from "../settings.js";
import { STATE, type HandlerState } from "./handlerState.js";
import { mayAttach, postedTo } from "./recognize.js";

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
    if (options.once !== undefined) throw new UploadError("invalid", "once names one job: give it with its request.");
    this.#settings = resolveOptions(this.options, options);
    this.options = { ...this.options, ...options };
  }

  async execute(context: Context): Promise<void> {
    const { next } = this;
    if (!next) throw new Error("An attachment handler needs a middleware after it. Put it first in the chain.");
    const url = postedTo(context);
    if (url === undefined) return next.execute(context);
    const given = givenIn(context);
    const attaches = mayAttach(url);
    const composes = this.composes(url, context, given);
    if (!attaches && !composes) return next.execute(context);
    const { files, upload } = given;
    const signals = [signalOf(context), upload?.signal, this.options.signal];
    try {
      const uploads = this.uploads(files?.options.signal, ...signals);
      const { takeOver } = uploads instanceof Promise ? await uploads : uploads;
      const settings = () => this.settingsFor(given);
      return await takeOver({ context, next, handler: this, attaches, composes, files, signals, settings });
    } catch (error) {
      letGoAll(files?.files ?? []);
      throw error;
    }
  }

  /** @internal */
  get [NEXT](): Middleware | undefined {
    return this.next;
  }

  /** @internal */
  get [STATE](): HandlerState {
    const configure = (options: UploadOptions) => this.configure(options);
    return { defaults: this.options, composes: this.composesMessages, uploads: this.uploads, configure };
  }

  /** @internal */
  protected readonly composesMessages: boolean = false;

  /** @internal Cheap check that a POST may create or send an item with attachments. */
  protected composes(_url: string, _context: Context, _given: Given): boolean {
    return false;
  }

  /** @internal */
  protected settingsFor({ upload }: Given): Settings {
    return upload ? resolveOptions(this.options, upload) : this.#settings;
  }

  setNext(next: Middleware): void {
    this.next = next;
  }
}
