/** Encoders of the JavaScript engine and of Node. */
interface Natives {
  readonly Buffer?: {
    from(buffer: unknown, offset: number, length: number): { toString(encoding: "base64"): string };
  };
}

/** Standard base64. Meant for files that one call carries. */
export function toBase64(bytes: Uint8Array & { toBase64?(): string }): string {
  if (bytes.toBase64) return bytes.toBase64();
  // taken from the global object, so that no bundler adds a polyfill of Node's Buffer
  const NodeBuffer: Natives["Buffer"] = Reflect.get(globalThis, "Buffer");
  if (NodeBuffer) return NodeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
  let text = "";
  // a multiple of 3, so that only the last part has padding
  for (let at = 0; at < bytes.length; at += 0x6000)
    text += btoa(Reflect.apply(String.fromCharCode, undefined, bytes.subarray(at, at + 0x6000)));
  return text;
}
