// The smoke suite with an older version of the package below a dependency, which prepares the client first.
import { createRequire } from "node:module";
import { Client, GraphError } from "@microsoft/microsoft-graph-client";
import { createAzureDevOpsClient, LargeAttachmentTask, withLargeAttachments } from "graph-large-attachments";
import { runHere } from "./runHere.mjs";

const own = createRequire(import.meta.url);
const below = createRequire(own.resolve("a-dependency/package.json"));
const [newer, older] = [own, below].map((from) => from("graph-large-attachments/package.json").version);
if (newer === older) throw new Error("There is only one version.");

const dependency = below("graph-large-attachments");
const kit = { Client, GraphError, createAzureDevOpsClient, LargeAttachmentTask };
await runHere({
  ...kit,
  withLargeAttachments: (client) => withLargeAttachments(dependency.withLargeAttachments(client)),
});
