import type { Middleware } from "@microsoft/microsoft-graph-client";
import type { UploadOptions } from "./options.js";
import type { UploadProtocol } from "./protocol.js";
import type { Traffic } from "./engine/traffic.js";

/** What a handler at the head of a client's chain has for every upload through that client. */
export interface Head {
  readonly options: UploadOptions;
  readonly traffic: Traffic;
  readonly protocols: readonly UploadProtocol[];
}

/** Where a handler keeps it: known by a name, so that who only asks for it need not load the handlers. */
export const HEAD: unique symbol = Symbol("head");

export function headOf(middleware: Middleware): Head | undefined {
  return (middleware as { [HEAD]?: Head })[HEAD];
}
