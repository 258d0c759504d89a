import { createHash } from "node:crypto";
import { slowSha256 } from "../../src/files/sha256.js";
import { count } from "../support/fakes";

test.each([0, 1, 3, 55, 56, 63, 64, 65, 119, 120, 131_072])(
  "without crypto.subtle, the hash of %p bytes is the same",
  (size) => {
    const bytes = count(size);
    expect(slowSha256(bytes)).toBe(createHash("sha256").update(bytes).digest("hex"));
    const random = Uint8Array.from({ length: size }, () => 256 * Math.random());
    expect(slowSha256(random)).toBe(createHash("sha256").update(random).digest("hex"));
  },
);
