// Compiled, never run: what can be attached in Node, the emulator, and checkpoints in files.
import { createReadStream, openAsBlob } from "node:fs";
import { Readable } from "node:stream";
import type { Client } from "@microsoft/microsoft-graph-client";
import { Client as GraphClient } from "@microsoft/microsoft-graph-client";
import {
  withLargeAttachments,
  type AttachmentSource,
  type CheckpointStore,
  type Limiter,
} from "graph-large-attachments";
import { startEmulator, type Emulator } from "graph-large-attachments/emulator";
import { fileCheckpoints, rangeFetch, type RangeFetchOptions } from "graph-large-attachments/node";
import { compareReports, probe, type ProbeReport } from "graph-large-attachments/probe";
import { redisLimiter } from "graph-large-attachments/redis";
import type { Redis } from "ioredis";
import type { RedisClientType } from "redis";
import { graphTransport, type MailError, type SentMessageInfo } from "graph-large-attachments/nodemailer";
import nodemailer from "nodemailer";

declare const client: Client;

export const sources: AttachmentSource[] = [
  Buffer.alloc(1),
  Buffer.alloc(1).buffer,
  createReadStream("a"),
  Readable.from([Buffer.alloc(1)]),
];
export const blob = openAsBlob("a").then((file) => client.api("/").attach(file, { name: "a" }));
export const checkpoints: CheckpointStore = fileCheckpoints("folder");

const connecting: RangeFetchOptions = { ca: ["PEM"], proxy: "http://proxy:3128" };
export const lean = withLargeAttachments(client, { fetch: rangeFetch(connecting) });
rangeFetch().close();
// @ts-expect-error there is no such option
rangeFetch({ certificates: "PEM" });

declare const older: ProbeReport;
export const changes = probe({ getToken: async () => "token", only: ["outlook"], send: true }).then((report) =>
  compareReports(older, report),
);
export const alike = changes.then(() => startEmulator({ like: older }));
// @ts-expect-error there is no such service
void probe({ only: ["mail"] });

declare const [ioredis, nodeRedis]: readonly [Redis, RedisClientType];
const limiters: readonly Limiter[] = [
  redisLimiter((script, keys, args) => ioredis.eval(script, keys.length, ...keys, ...args)),
  redisLimiter((script, keys, args) => nodeRedis.eval(script, { keys, arguments: args }), {
    uploadBytes: 157_286_400,
    subscribe: (channel, hear) => nodeRedis.subscribe(channel, hear),
  }),
];
export const limited = limiters.map((limiter) => withLargeAttachments(client, { limiter, mailbox: "a@contoso.com" }));
// @ts-expect-error a limiter also hears of throttles
withLargeAttachments(client, { limiter: { enter: async () => () => {} } });

export async function mailed(): Promise<SentMessageInfo> {
  const mailer = nodemailer.createTransport(graphTransport(client, { mailbox: "a@contoso.com", retries: 3 }));
  await mailer.verify();
  // @ts-expect-error there is no such option
  graphTransport(client, { mailbx: "a@contoso.com" });
  mailer.sendMail({ to: "b@contoso.com" }, (error: Error | null) => (error as MailError | null)?.responseCode);
  const info = await mailer.sendMail({ to: "b@contoso.com", attachments: [{ path: "big.zip" }] });
  return info;
}

export async function emulated(): Promise<Client> {
  const emulator: Emulator = await startEmulator({ vary: { outlookStatus: 405 } });
  emulator.fault({ on: { kind: "range", range: "last" }, times: 2, status: 503, headers: { "Retry-After": "1" } });
  // @ts-expect-error there is no such fault
  emulator.fault({ explode: true });
  // @ts-expect-error only answers that sources dispute can be chosen
  emulator.vary({ outlookStatus: 500 });
  return GraphClient.init({ ...emulator.clientOptions, authProvider: (done) => done(null, emulator.token) });
}
