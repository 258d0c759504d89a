// A mail with a file from a path: by the transport for nodemailer, and by `attach` to a draft, each from the last build.
import { openAsBlob } from "node:fs";
import { basename } from "node:path";
import nodemailer from "nodemailer";
import { withLargeAttachments } from "../../dist/esm/index.js";
import { graphTransport } from "../../dist/esm/nodemailer/index.js";
import { graphClient, MESSAGE } from "../support/graphClient.mjs";

export function transport({ origin, path, little }) {
  const mailer = nodemailer.createTransport(graphTransport(graphClient(origin)));
  const send = (path) =>
    mailer.sendMail({ from: "a@x.example", to: "b@x.example", subject: "File", text: "Text", attachments: [{ path }] });
  return { warmUp: () => send(little), work: () => send(path) };
}

export function attach({ origin, path, little }) {
  const client = withLargeAttachments(graphClient(origin));
  const attach = async (path) => {
    const name = basename(path);
    await client.api("/me/messages").post({ subject: "File" });
    await client.api(MESSAGE).attach(await openAsBlob(path), { name, contentType: "application/octet-stream" });
    await client.api(`${MESSAGE}/send`).post({});
  };
  return { warmUp: () => attach(little), work: () => attach(path) };
}
