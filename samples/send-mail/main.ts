/**
 * Sends a mail with a large attachment and an inline image, in one call.
 * README.md shows how to run it.
 */
import { Client, type ClientOptions } from "@microsoft/microsoft-graph-client";
import { withLargeAttachments } from "graph-large-attachments";
import { startEmulator } from "graph-large-attachments/emulator";
import { openFile } from "./support/files.js";
import { withProgress } from "./support/progress.js";

/** A GIF of one pixel. */
const DOT = Buffer.from("R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==", "base64");

async function main([path]: readonly string[]): Promise<void> {
  const file = path === undefined ? await openFile(process.execPath, 20 * 1_048_576) : await openFile(path);
  const { client, address, close } = await connect();
  try {
    const message = {
      subject: `${file.name}, attached`,
      body: { contentType: "HTML", content: '<p>The file is attached. <img src="cid:dot"></p>' },
      toRecipients: [{ emailAddress: { address } }],
    };
    const dot = { file: DOT, name: "dot.gif", contentType: "image/gif", isInline: true, contentId: "dot" };
    await withProgress("mail", file.size + DOT.length, (onProgress) =>
      client.api("/me/sendMail").withAttachments([file, dot], { onProgress }).post({ message }),
    );
    console.log(`Sent to ${address}.`);
  } finally {
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
  return withLargeAttachments(Client.initWithMiddleware({ ...options, authProvider }));
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message || String(error));
  process.exitCode = 1;
});
