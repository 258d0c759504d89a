import type { UploadProtocol } from "../protocol.js";
import { azureDevOps } from "./azureDevOps.js";
import { outlook } from "./outlook.js";
import { todo } from "./todo.js";

const graphProtocols: readonly UploadProtocol[] = [outlook, todo];
const protocols: readonly UploadProtocol[] = [...graphProtocols, azureDevOps];

function among(candidates: readonly UploadProtocol[], url: string): UploadProtocol | undefined {
  return candidates.find((protocol) => protocol.collection(url) !== undefined);
}

/** The protocol of Graph whose collection or item this URL is. */
export function graphProtocolFor(url: string): UploadProtocol | undefined {
  return among(graphProtocols, url);
}

/** The protocol of any service whose collection or item this URL is. */
export function protocolFor(url: string): UploadProtocol | undefined {
  return among(protocols, url);
}

/** The protocol that a stored session names. */
export function protocolNamed(name: string): UploadProtocol | undefined {
  return protocols.find((protocol) => protocol.name === name);
}
