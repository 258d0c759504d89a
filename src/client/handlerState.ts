import type { Client, GraphRequest, Middleware } from "@microsoft/microsoft-graph-client";
import type { OpenedFile } from "../attach/attachTo.js";
import type { InterceptedRequest } from "../attach/intercept.js";
import { firstOf, type ClientWrapper } from "../http/graphClient.js";
import type { UploadOptions } from "../options.js";
import type { Protocol } from "../protocol.js";

/** The part of the package that uploads, for one kind of client. It is loaded with the first attachment. */
export interface Uploads {
  readonly protocols: readonly Protocol[];
  /** Answers a request in place of the service, or sends it on. */
  takeOver(request: InterceptedRequest): Promise<void>;
  attachTo(
    request: GraphRequest,
    files: readonly OpenedFile[],
    several: boolean,
    defaults?: UploadOptions,
  ): Promise<object[]>;
}

/** The services that a handler at the head of a chain offers to every upload through its client. */
export interface HandlerState {
  readonly defaults: UploadOptions;
  /** The handler sends the files of `withAttachments`. */
  readonly composes: boolean;
  uploads(signal?: AbortSignal): Uploads | Promise<Uploads>;
  /** Changes the defaults. */
  configure(options: UploadOptions): void;
}

/** The member in which a handler keeps its state, the same in all copies of this package that understand this state. */
export const STATE: unique symbol = Symbol.for("graph-large-attachments.state.1");

function hasState(middleware: Middleware): middleware is Middleware & { readonly [STATE]: HandlerState } {
  return STATE in middleware;
}

/** The state of the handler at the head of the chain of a client or of a request. */
export function stateOf(owner: Client | ClientWrapper | GraphRequest): HandlerState | undefined {
  const first = firstOf(owner);
  return hasState(first) ? first[STATE] : undefined;
}
