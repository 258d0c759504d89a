/**
 * Attaches a large file to a work item of Azure DevOps, and compares SHA-256 on both sides.
 * README.md shows how to run it.
 */
import { ResponseType, type Client } from "@microsoft/microsoft-graph-client";
import { createAzureDevOpsClient, type CreatedReference } from "graph-large-attachments";
import { startEmulator } from "graph-large-attachments/emulator";
import { openFile, sha256 } from "./support/files.js";
import { withProgress } from "./support/progress.js";

async function main([path, workItem]: readonly string[]): Promise<void> {
  const file = path === undefined ? await openFile(process.execPath, 40 * 1_048_576) : await openFile(path);
  const { name, client, item, close } = await connect(workItem);
  try {
    console.log(`Attaching to ${item} on ${name}.`);
    const attachment = await withProgress("work item", file.size, (onProgress) =>
      client.api(item).attach<CreatedReference>(file, { comment: "A large attachment", onProgress }),
    );
    console.log(attachment);
    const content = `/_apis/wit/attachments/${attachment.id}`;
    const response: Response = await client.api(content).responseType(ResponseType.RAW).get();
    const [here, there] = await Promise.all([sha256(file.stream()), sha256(response.body!)]);
    console.log(`SHA-256 of the file        ${here}\nSHA-256 of the attachment  ${there}`);
    if (here !== there) throw new Error("The attachment is not the file.");
    console.log("They agree.");
  } finally {
    await close();
  }
}

interface Connection {
  readonly name: string;
  readonly client: Client;
  readonly item: string;
  close(): Promise<void>;
}

/** Connects to the organization in the environment, or to an emulator. */
async function connect(workItem: string | undefined): Promise<Connection> {
  const { AZURE_DEVOPS_ORG_URL: organizationUrl, AZURE_DEVOPS_PAT: personalAccessToken } = process.env;
  if (organizationUrl && personalAccessToken) {
    if (!/^\d+$/.test(workItem ?? "")) throw new Error("Give a file and the number of a work item.");
    const client = createAzureDevOpsClient({ organizationUrl, personalAccessToken });
    return { name: organizationUrl, client, item: `/_apis/wit/workitems/${workItem}`, close: async () => {} };
  }
  const emulator = await startEmulator();
  const { organizationUrl: url, personalAccessToken: token, addWorkItem } = emulator.azureDevOps;
  const { fetchOptions } = emulator.clientOptions;
  const client = createAzureDevOpsClient({ organizationUrl: url, personalAccessToken: token, fetchOptions });
  return { name: "the emulator", client, item: addWorkItem().path, close: () => emulator.close() };
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message || String(error));
  process.exitCode = 1;
});
