import { createHash, randomFillSync } from "node:crypto";
import { Client } from "@microsoft/microsoft-graph-client";
import type { Emulator } from "../../src/emulator/index.js";

/** A Graph client of the real SDK, as an application makes it, pointed at the emulator. */
export function clientOf({ clientOptions, token }: Emulator): Client {
  return Client.init({ ...clientOptions, authProvider: (done) => done(null, token) });
}

/** Bytes that repeat nowhere, so that a range in the wrong place shows. */
export function fileOf(size: number): Buffer<ArrayBuffer> {
  return randomFillSync(Buffer.alloc(size));
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
