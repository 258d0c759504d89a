/**
 * Uploads a file to OneDrive by its path. Then attaches it to a draft for which it is too large, so the draft gets a link.
 *
 * The file and the draft are not deleted.
 * README.md shows how to run it.
 */
import { withLargeAttachments } from "graph-large-attachments";
import { openFile } from "./support/files.js";
import { connect } from "./support/graph.js";
import { withProgress } from "./support/progress.js";

/** The limit of the draft for this sample, so that it needs no file of 150 MB. */
const LIMIT = 5_000_000;

async function main([path]: readonly string[]): Promise<void> {
  const file = path === undefined ? await openFile(process.execPath, 20 * 1_048_576) : await openFile(path);
  const { client, name, createDraft, close } = await connect();
  withLargeAttachments(client);
  try {
    const url = `/me/drive/root:/Videos/${encodeURIComponent(file.name)}`;
    const uploaded = await withProgress("OneDrive", file.size, (onProgress) =>
      client.api(url).attach(file, { onProgress, conflictBehavior: "replace" }),
    );
    console.log(`On ${name}: Videos/${uploaded.name}, ${uploaded.size} bytes.`);

    const draft = await createDraft();
    const shared = await withProgress("draft", file.size, (onProgress) =>
      client.api(draft).attach<{ sourceUrl: string }>(file, { onProgress, overflow: "link", maxSize: LIMIT }),
    );
    const { body } = await client.api(draft).select("body").get();
    console.log(`Shared as ${shared.sourceUrl}`);
    console.log(`In the text of the draft: ${body.content.includes(shared.sourceUrl) ? "a link to it" : "nothing"}.`);
  } finally {
    await close();
  }
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message || String(error));
  process.exitCode = 1;
});
