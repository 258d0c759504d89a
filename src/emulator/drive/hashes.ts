import { createHash } from "node:crypto";
import type { Content } from "../content.js";

/** The number of bytes after which quickXorHash starts again at its first bit. */
const period = 160;

/**
 * The hashes of a file. Both kinds of drives tell quickXorHash (documented), only personal ones the SHA-1 (documented), and
 * also the SHA-256, which the documentation calls unsupported (field report, onedrive by abraunegg).
 */
export function hashesOf(content: Content, kind: "business" | "personal"): Record<string, string> {
  const quickXorHash = content.derive("quickXorHash", quickXor);
  if (kind === "business") return { quickXorHash };
  const sha1Hash = content.derive("sha1Hash", (pieces) => {
    const hash = createHash("sha1");
    for (const piece of pieces) hash.update(piece);
    return hash.digest("hex").toUpperCase();
  });
  return { quickXorHash, sha1Hash, sha256Hash: content.sha256.toUpperCase() };
}

/**
 * quickXorHash in base64 (documented): each byte is rotated by 11 bits more than the one before it within 160 bits, and all
 * are combined by XOR; at last, the length is combined with the last eight bytes.
 */
export function quickXor(pieces: readonly Buffer[]): string {
  const folded = new Uint8Array(period); // bytes at a distance of 160 are rotated equally
  const foldedWords = new Int32Array(folded.buffer);
  let length = 0;
  for (const piece of pieces) {
    let at = 0;
    if (length % 4 === 0) {
      const { buffer, byteOffset } = piece;
      const words = new Int32Array(buffer.slice(byteOffset, byteOffset + piece.length - (piece.length % 4))); // aligned
      for (let index = 0, slot = (length % period) / 4; index < words.length; index++) {
        foldedWords[slot] = foldedWords[slot]! ^ words[index]!;
        if (++slot === foldedWords.length) slot = 0;
      }
      at = words.byteLength;
    }
    for (let slot = (length + at) % period; at < piece.length; at++) {
      folded[slot] = folded[slot]! ^ piece[at]!;
      if (++slot === period) slot = 0;
    }
    length += piece.length;
  }
  const hash = Buffer.alloc(20);
  for (const [index, byte] of folded.entries()) {
    const bit = (index * 11) % period;
    const [first, shift] = [bit >> 3, bit & 7];
    hash[first]! ^= (byte << shift) & 255;
    hash[(first + 1) % 20]! ^= byte >> (8 - shift);
  }
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(length));
  for (const [at, byte] of size.entries()) hash[12 + at]! ^= byte;
  return hash.toString("base64");
}
