import type { UploadProtocol } from "../protocol.js";
import { outlook } from "./outlook.js";
import { todo } from "./todo.js";

/** Every protocol that Graph speaks, each the only one for its URLs. */
export const graphProtocols: readonly UploadProtocol[] = [outlook, todo];

/** The protocol whose collection or item this URL is. */
export function protocolFor(url: string): UploadProtocol | undefined {
  return graphProtocols.find((protocol) => protocol.collection(url) !== undefined);
}

/** The protocol that a stored session names. */
export function protocolNamed(name: string): UploadProtocol | undefined {
  return graphProtocols.find((protocol) => protocol.name === name);
}
