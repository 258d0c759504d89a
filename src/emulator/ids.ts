import { createHash } from "node:crypto";

const digest = (seed: string): Buffer => createHash("sha256").update(seed).digest();

/** A GUID that follows from a seed, so that runs can be repeated. */
export function guidOf(seed: string): string {
  const hex = digest(seed).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Letters and digits that follow from a seed, as SharePoint and OneDrive have them in ids. */
export const lettersOf = (seed: string, length: number): string =>
  [...digest(seed)]
    .map((byte) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte % 32])
    .join("")
    .slice(0, length);

/** A token in JWT form for an upload URL, checked by equality only; `length` in characters, at the least. */
export function tokenOf(seed: string, claims: object, length = 0): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  let signature = digest(seed).toString("base64url");
  const front = `${encode({ typ: "JWT", alg: "RS256" })}.${encode(claims)}`;
  while (front.length + signature.length < length) signature += digest(signature).toString("base64url");
  return `${front}.${signature}`;
}
