/**
 * Attaches a large file to a draft message and 20 MB to a To Do task, and compares SHA-256 on both sides.
 *
 * The draft and the task are deleted at the end. --keep keeps them.
 * README.md shows how to run it.
 */
import { parseArgs } from "node:util";
import { ResponseType } from "@microsoft/microsoft-graph-client";
import { withLargeAttachments } from "graph-large-attachments";
import { openFile, sha256 } from "./support/files.js";
import { connect, type Connection } from "./support/graph.js";
import { withProgress } from "./support/progress.js";

const MEGABYTE = 1_048_576;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { keep: { type: "boolean" } } });
  const [path] = positionals;
  const file = path === undefined ? await openFile(process.execPath, 100 * MEGABYTE) : await openFile(path);
  const part = await openFile(process.execPath, 20 * MEGABYTE);

  const connection = await connect();
  withLargeAttachments(connection.client);
  const items: string[] = [];
  try {
    console.log(`Attaching on ${connection.name}.`);
    items.push(await connection.createDraft());
    await attach(connection, "draft message", items[0]!, file);
    items.push(await connection.createTask());
    await attach(connection, "To Do task", items[1]!, part);
  } finally {
    if (!values.keep) for (const item of items) await remove(connection, item);
    await connection.close();
  }
}

async function attach({ client }: Connection, label: string, item: string, file: File): Promise<void> {
  const attachment = await withProgress(label, file.size, (onProgress) =>
    client.api(item).attach(file, { onProgress, signal: stop.signal }),
  );
  console.log(attachment);
  const value = `${item}/attachments/${encodeURIComponent(attachment.id)}/$value`;
  const response: Response = await client.api(value).responseType(ResponseType.RAW).get();
  const [here, there] = await Promise.all([sha256(file.stream()), sha256(response.body!)]);
  console.log(`SHA-256 of the file        ${here}\nSHA-256 of the attachment  ${there}`);
  if (here !== there) throw new Error(`The attachment of the ${label} is not the file.`);
  console.log("They agree.\n");
}

async function remove({ client }: Connection, item: string): Promise<void> {
  await client
    .api(item)
    .delete()
    .catch((error: Error) => console.error(`${item} could not be deleted: ${error.message}`));
}

const stop = new AbortController();
process.once("SIGINT", () => stop.abort(new Error("Stopped; nothing was attached.")));

main().catch((error: Error) => {
  console.error(error.message || String(error));
  process.exitCode = 1;
});
