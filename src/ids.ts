/** A random UUID. `crypto.randomUUID` is missing in pages without TLS, and React Native has no `crypto`. No secret. */
export function newId(): string {
  const random = Uint8Array.from({ length: 16 }, () => 256 * Math.random());
  const bytes = globalThis.crypto?.getRandomValues(random) ?? random;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const [a, b, c, d] = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(13, 16), hex.slice(17, 20)];
  return `${a}-${b}-4${c}-8${d}-${hex.slice(20)}`;
}
