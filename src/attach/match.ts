import type { Target, UploadProtocol } from "../protocol.js";

/** Which of these protocols a URL is of, and the collection that it is or that belongs to its item. */
export function targetOf(url: string, protocols: readonly UploadProtocol[]): Target | undefined {
  for (const protocol of protocols) {
    const collection = protocol.collection(url);
    if (collection !== undefined) return { protocol, collection };
  }
  return undefined;
}
