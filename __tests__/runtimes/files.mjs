/** A file whose every range differs from every other, as a view into more memory than its own, with its SHA-256. */
export async function fileOf(size) {
  const bytes = new Uint8Array(size + 2_000).subarray(1_000, 1_000 + size);
  for (let at = 0; at < size; at++) bytes[at] = Math.imul(at ^ (at >>> 15), 0x2c1b3c6d) >>> 20;
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const sha256 = [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { name: "report.pdf", bytes, sha256 };
}

/** The bytes in pieces that fit no range. */
export function streamOf(bytes, piece = 100_003) {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, (at += piece)));
    },
  });
}

/** As every runtime can do it. */
export function base64Of(bytes) {
  const window = 3 * 8_192;
  let text = "";
  for (let at = 0; at < bytes.length; at += window) {
    text += btoa(String.fromCharCode(...bytes.subarray(at, at + window)));
  }
  return text;
}
