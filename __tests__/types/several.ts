// Compiled, never run. Lines that must not compile are marked.
import type { Client } from "@microsoft/microsoft-graph-client";
import type { AzureDevOpsClient, CreatedReference } from "graph-large-attachments";

declare const client: Client;
declare const azure: AzureDevOpsClient;
declare const file: File;

// @ts-expect-error a message takes several files by withAttachments, or one after another
client.api("/me/messages/1").attach([file]);
const later = client.api("/me/messages/1").header("a", "b");
// @ts-expect-error also after a header
later.attach([{ file, name: "a" }]);

export const several: Promise<CreatedReference[]> = azure.api("/p/_apis/wit/workitems/1").attach([file]);
export const versioned: Promise<CreatedReference[]> = azure
  .api("/p/_apis/wit/workitems/1")
  .version("")
  .attach([{ file }]);
export const asClient: Client = azure;
