import { createHash } from "node:crypto";

const digest = (seed: string): Buffer => createHash("sha256").update(seed).digest();

/** Derives a GUID from a seed, so runs are repeatable. */
export function guidOf(seed: string): string {
  const hex = digest(seed).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Derives letters and digits from a seed, in the style of ids of SharePoint and OneDrive. */
export const lettersOf = (seed: string, length: number): string =>
  [...digest(seed)]
    .map((byte) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte % 32])
    .join("")
    .slice(0, length);

/** Makes a token in JWT form for an upload URL, with at least `length` characters. Hosts only compare it. */
export function tokenOf(seed: string, claims: object, length = 0): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  let signature = digest(seed).toString("base64url");
  const front = `${encode({ typ: "JWT", alg: "RS256" })}.${encode(claims)}`;
  while (front.length + signature.length < length) signature += digest(signature).toString("base64url");
  return `${front}.${signature}`;
}
