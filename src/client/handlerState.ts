import type { Client, GraphRequest, Middleware } from "@microsoft/microsoft-graph-client";
import type { GivenFiles } from "../attach/attachTo.js";
import type { RecognizedRequest } from "../attach/intercept.js";
import type { Uploader } from "../attach/prepare.js";
import type { OpenedFile } from "../files/given.js";
import { firstOf, type ClientWrapper } from "../http/graphClient.js";
import type { UploadOptions } from "../options.js";

/** The part of the package that uploads, for one kind of client. It is loaded with the first attachment. */
export interface Uploads {
  readonly placesFor: Uploader["placesFor"];
  /** Answers a request in place of the service, or sends it on. */
  takeOver(request: RecognizedRequest): Promise<void>;
  /** Attaches the files of a call of `attach`. */
  attachGiven(request: GraphRequest, given: GivenFiles): Promise<object[]>;
  /** Attaches files that are open. */
  attachTo(
    request: GraphRequest,
    files: readonly OpenedFile[],
    several: boolean,
    defaults?: UploadOptions,
  ): Promise<object[]>;
  /** Loads what else this client may need. */
  preload?(): Promise<unknown>;
}

/** The services that a handler at the head of a chain offers to every upload through its client. */
export interface HandlerState {
  readonly defaults: UploadOptions;
  /** The handler sends the files of `withAttachments`. */
  readonly composes: boolean;
  uploads(...signals: readonly (AbortSignal | null | undefined)[]): Uploads | Promise<Uploads>;
  /** Changes the defaults. */
  configure(options: UploadOptions): void;
}

/** The member in which a handler keeps its state, the same in all copies of this package that understand this state. */
export const STATE: unique symbol = Symbol.for("graph-large-attachments.state.2");

function hasState(middleware: Middleware): middleware is Middleware & { readonly [STATE]: HandlerState } {
  return STATE in middleware;
}

/** The state of the handler at the head of the chain of a client or of a request. */
export function stateOf(owner: Client | ClientWrapper | GraphRequest): HandlerState | undefined {
  const first = firstOf(owner);
  return hasState(first) ? first[STATE] : undefined;
}
