// Compiled, never run: what Node has that can be attached, and the emulator.
import { createReadStream, openAsBlob } from "node:fs";
import { Readable } from "node:stream";
import type { Client } from "@microsoft/microsoft-graph-client";
import { Client as GraphClient } from "@microsoft/microsoft-graph-client";
import type { AttachmentSource } from "graph-large-attachments";
import { startEmulator, type Emulator } from "graph-large-attachments/emulator";

declare const client: Client;

export const sources: AttachmentSource[] = [
  Buffer.alloc(1),
  Buffer.alloc(1).buffer,
  createReadStream("a"),
  Readable.from([Buffer.alloc(1)]),
];
export const blob = openAsBlob("a").then((file) => client.api("/").attach(file, { name: "a" }));

export async function emulated(): Promise<Client> {
  const emulator: Emulator = await startEmulator({ vary: { outlookStatus: 405 } });
  emulator.fault({ on: { kind: "range", range: "last" }, times: 2, status: 503, headers: { "Retry-After": "1" } });
  // @ts-expect-error no such fault
  emulator.fault({ explode: true });
  // @ts-expect-error sources dispute between these answers only
  emulator.vary({ outlookStatus: 500 });
  return GraphClient.init({ ...emulator.clientOptions, authProvider: (done) => done(null, emulator.token) });
}
