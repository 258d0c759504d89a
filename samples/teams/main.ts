/**
 * Posts a message with a large file to a chat and to a channel of Teams.
 * README.md shows how to run it.
 */
import { Client, type ClientOptions } from "@microsoft/microsoft-graph-client";
import { withLargeAttachments } from "graph-large-attachments";
import { startEmulator } from "graph-large-attachments/emulator";
import { openFile } from "./support/files.js";
import { withProgress } from "./support/progress.js";

async function main([path]: readonly string[]): Promise<void> {
  const file = path === undefined ? await openFile(process.execPath, 20 * 1_048_576) : await openFile(path);
  const { client, chat, channel, close } = await connect();
  try {
    for (const [where, url] of Object.entries({ chat, channel })) {
      const message = await withProgress(where, file.size, (onProgress) =>
        client
          .api(`${url}/messages`)
          .withAttachments([file], { onProgress })
          .post({ body: { content: `Here is ${file.name}.` } }),
      );
      const [{ name, contentUrl }] = message.attachments;
      console.log(`In the ${where}: ${name}, at ${contentUrl}`);
    }
  } finally {
    await close();
  }
}

interface Connection {
  readonly client: Client;
  /** URLs of the chat and the channel. */
  readonly chat: string;
  readonly channel: string;
  close(): Promise<void>;
}

/** Connects to Graph if the environment has a token, or to an emulator. The emulator prints the messages at the end. */
async function connect(): Promise<Connection> {
  const { GRAPH_ACCESS_TOKEN: token, CHAT: chat, CHANNEL: channel } = process.env;
  if (token && chat && channel) return { client: clientWith(token), chat, channel, close: async () => {} };
  if (token) throw new Error("Give the URLs too: CHAT=/chats/… CHANNEL=/teams/…/channels/…");
  const emulator = await startEmulator();
  const places = [emulator.teams.addChat(), emulator.teams.addChannel()] as const;
  const close = async () => {
    for (const { content, attachments } of places.flatMap((place) => emulator.teams.messages(place))) {
      console.log(content.replace(/<attachment.*/, ""));
      for (const { file } of attachments) console.log(`  ${file?.filePath}, SHA-256 ${file?.sha256}`);
    }
    await emulator.close();
  };
  const client = clientWith(emulator.token, emulator.clientOptions);
  return { client, chat: places[0].path, channel: places[1].path, close };
}

function clientWith(token: string, options: ClientOptions = {}): Client {
  const authProvider = { getAccessToken: async () => token };
  return withLargeAttachments(Client.initWithMiddleware({ ...options, authProvider }));
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message || String(error));
  process.exitCode = 1;
});
