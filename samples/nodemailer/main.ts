/**
 * Sends a mail that nodemailer composes: HTML with an image, an event, and a large file.
 * README.md shows how to run it.
 */
import { createReadStream } from "node:fs";
import { Client, type ClientOptions } from "@microsoft/microsoft-graph-client";
import { startEmulator } from "graph-large-attachments/emulator";
import { graphTransport } from "graph-large-attachments/nodemailer";
import nodemailer from "nodemailer";

/** A GIF of one pixel. */
const DOT = Buffer.from("R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==", "base64");

const EVENT = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//sample//EN
METHOD:PUBLISH
BEGIN:VEVENT
UID:1@example.com
DTSTAMP:20300101T000000Z
DTSTART:20300102T090000Z
SUMMARY:Read the file
END:VEVENT
END:VCALENDAR
`;

async function main([path]: readonly string[]): Promise<void> {
  const { client, address, close } = await connect();
  const part = () => createReadStream(process.execPath, { end: 20 * 1_048_576 - 1 });
  const file = path === undefined ? { filename: "node.bin", content: part() } : { path };
  const mailer = nodemailer.createTransport(graphTransport(client));
  try {
    const info = await mailer.sendMail({
      from: address,
      to: address,
      subject: "A large file, from nodemailer",
      text: "The file is attached.",
      html: '<p>The file is attached. <img src="cid:dot"></p>',
      icalEvent: { method: "PUBLISH", content: EVENT },
      attachments: [{ filename: "dot.gif", content: DOT, cid: "dot" }, file],
    });
    console.log(`Sent ${info.messageId} to ${info.accepted.join(", ")}.`);
  } finally {
    mailer.close();
    await close();
  }
}

interface Connection {
  readonly client: Client;
  readonly address: string;
  close(): Promise<void>;
}

/** Connects to Graph if the environment has a token, or to an emulator. The emulator prints the sent mail at the end. */
async function connect(): Promise<Connection> {
  const { GRAPH_ACCESS_TOKEN: token } = process.env;
  if (token) {
    const client = clientWith(token);
    const { mail, userPrincipalName } = await client.api("/me").get();
    return { client, address: mail ?? userPrincipalName, close: async () => {} };
  }
  const emulator = await startEmulator();
  const close = async () => {
    for (const { subject, attachments } of emulator.mailbox.outbox()) {
      console.log(`In Sent Items: ${subject}`);
      for (const { name, bytes, isInline, sha256 } of attachments) {
        console.log(`  ${name}, ${bytes.length} bytes${isInline ? ", inline" : ""}, SHA-256 ${sha256}`);
      }
    }
    await emulator.close();
  };
  return { client: clientWith(emulator.token, emulator.clientOptions), address: "me@example.com", close };
}

function clientWith(token: string, options: ClientOptions = {}): Client {
  const authProvider = { getAccessToken: async () => token };
  return Client.initWithMiddleware({ ...options, authProvider });
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message || String(error));
  process.exitCode = 1;
});
