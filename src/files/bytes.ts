import type { BytesLike } from "../options.js";

/** Recognized by shape: an `ArrayBuffer` of another realm is not an instance of this one's class. */
export function isBytes(value: unknown): value is BytesLike {
  return ArrayBuffer.isView(value) || Object.prototype.toString.call(value) === "[object ArrayBuffer]";
}

/** The bytes that a view shows, not the buffer behind it. Nothing is copied. */
export function exactBytes(bytes: BytesLike): Uint8Array {
  return ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
}
