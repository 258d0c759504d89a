import { createHash } from "node:crypto";
import { Client, type GraphError } from "@microsoft/microsoft-graph-client";
import nodemailer from "nodemailer";
import lowest from "nodemailer-lowest";
import { startEmulator, type Emulator } from "../../src/emulator/index.js";
import type { MailMessage } from "../../src/nodemailer/mail.js";
import type { StoredAttachment } from "../../src/emulator/api.js";
import type { UploadError } from "../../src/index.js";
import {
  graphTransport,
  type GraphTransportOptions,
  type MailError,
  type SentMessageInfo,
} from "../../src/nodemailer/index.js";

export type Data = Record<string, unknown>;

/** The part of nodemailer that the tests use. Its versions have types of their own. */
export interface Mailer {
  sendMail(data: Data): Promise<SentMessageInfo>;
  sendMail(data: Data, callback: (error: Error | null, info: SentMessageInfo) => void): void;
  verify(): Promise<true>;
  verify(callback: (error: Error | null, ok?: true) => void): void;
  close(): void;
  isIdle(): boolean;
  on(event: string, listener: () => void): this;
  once(event: string, listener: () => void): this;
  use(step: string, plugin: (mail: MailMessage, done: (error?: Error) => void) => void): this;
}

interface Nodemailer {
  createTransport(transport: object, defaults?: Data): Mailer;
}

/** The newest and the lowest nodemailer that the transport is for. */
export const versions: [name: string, nodemailer: Nodemailer][] = [
  ["nodemailer 10", nodemailer as unknown as Nodemailer],
  ["nodemailer 7.0.0", lowest as unknown as Nodemailer],
];

export interface Post {
  readonly emulator: Emulator;
  readonly client: Client;
  mailer(version: Nodemailer, options?: GraphTransportOptions, defaults?: Data): Mailer;
}

export async function startPost(): Promise<Post> {
  const emulator = await startEmulator();
  const { clientOptions, token } = emulator;
  const client = Client.init({ ...clientOptions, authProvider: (done) => done(null, token) });
  const mailer: Post["mailer"] = (version, options, defaults) =>
    version.createTransport(graphTransport(client, { delay: 1, ...options }), defaults);
  return { emulator, client, mailer };
}

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** An attachment as a recipient sees it. */
export const seen = ({ name, contentType, isInline, contentId, sha256 }: StoredAttachment) => ({
  name,
  contentType,
  isInline,
  contentId,
  sha256,
});

export const from = "megan@contoso.example";
export const to = "adele@contoso.example";

/** The kinds of the requests that write, in order. */
export const kindsOf = (emulator: Emulator): string[] =>
  emulator.requests.map(({ kind }) => kind).filter((kind) => !["list", "item", "read"].includes(kind));

export async function failed(work: Promise<unknown>): Promise<MailError & { cause: UploadError & GraphError }> {
  return work.then(
    () => {
      throw new Error("It did not fail.");
    },
    (error: MailError & { cause: UploadError & GraphError }) => error,
  );
}
