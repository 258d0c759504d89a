/** Lower-case hexadecimal digits of a SHA-256 hash. Pages without TLS, jsdom and React Native have no `crypto.subtle`. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) return slowSha256(bytes);
  const hash = new Uint8Array(await subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** SHA-256 (FIPS 180-4) for runtimes without `crypto.subtle`, as lower-case hexadecimal digits. For a few hundred KiB. */
export function slowSha256(bytes: Uint8Array): string {
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime)) primes.push(n);
  const fractions = (root: (prime: number) => number) => primes.map((prime) => (root(prime) % 1) * 2 ** 32);
  const rounds = Uint32Array.from(fractions(Math.cbrt));
  const hash = Uint32Array.from(fractions(Math.sqrt).slice(0, 8));
  const padded = new DataView(new ArrayBuffer(((bytes.length + 72) >> 6) << 6));
  new Uint8Array(padded.buffer).set(bytes);
  padded.setUint8(bytes.length, 0x80);
  padded.setUint32(padded.byteLength - 4, bytes.length * 8); // less than 512 MiB
  for (let block = 0; block < padded.byteLength; block += 64) {
    const words = new Uint32Array(64);
    const word = (at: number): number => words[at] ?? 0;
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = hash;
    for (let at = 0; at < 64; at++) {
      const [old, late] = [word(at - 15), word(at - 2)];
      words[at] =
        at < 16
          ? padded.getUint32(block + 4 * at)
          : word(at - 16) + word(at - 7) + (turned(old, 7, 18) ^ (old >>> 3)) + (turned(late, 17, 19) ^ (late >>> 10));
      const next = h + (turned(e, 6, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + (rounds[at] ?? 0) + word(at);
      const more = (turned(a, 2, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + next) | 0, c, b, a, (next + more) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((value, at) => (hash[at] = (hash[at] ?? 0) + value));
  }
  return Array.from(hash, (value) => value.toString(16).padStart(8, "0")).join("");
}

/** A word rotated to the right, by each of these numbers of bits. */
const turned = (word: number, ...bits: number[]): number =>
  bits.reduce((sum, by) => sum ^ (word >>> by) ^ (word << (32 - by)), 0);
