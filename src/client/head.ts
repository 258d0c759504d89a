import type { Client, Context, GraphRequest, Middleware } from "@microsoft/microsoft-graph-client";
import type { OpenedFile } from "../fileToAttach.js";
import type { Settings, UploadOptions } from "../options.js";
import type { UploadProtocol } from "../protocol.js";

/** A request that a handler may have to take over. */
export interface Held {
  readonly context: Context;
  readonly next: Middleware;
  /** The handler that holds it: all uploads through it share their turns. */
  readonly handler: Middleware;
  /** Whether it may attach a file; if not, it may send or create what files are attached to. */
  readonly attaches: boolean;
  settings(): Settings;
}

/** All that uploads through one kind of client. It is loaded with the first attachment, so that no page begins with it. */
export interface Uploads {
  readonly protocols: readonly UploadProtocol[];
  /** Answers a request in place of the service, or sends it on. */
  takeOver(held: Held): Promise<void>;
  /** Attaches files to what a request is about. */
  attachTo(request: GraphRequest, files: OpenedFile | readonly OpenedFile[]): Promise<object | object[]>;
}

/** What a handler at the head of a client's chain has for every upload through that client. */
export interface Head {
  readonly options: UploadOptions;
  uploads(signal?: AbortSignal): Uploads | Promise<Uploads>;
}

/** Where a handler keeps it: known by a name, so that who only asks for it need not load the handlers. */
export const HEAD: unique symbol = Symbol("head");

/** The middleware that the chain of a client or of a request begins with: private in both. */
export function firstOf(owner: Client | GraphRequest): Middleware {
  return (owner as unknown as { readonly httpClient: { readonly middleware: Middleware } }).httpClient.middleware;
}

export function headOf(middleware: Middleware): Head | undefined {
  return (middleware as { [HEAD]?: Head })[HEAD];
}
