// The smoke suite on Node, Bun and Deno, with the package imported.
import { Client, GraphError } from "@microsoft/microsoft-graph-client";
import { createAzureDevOpsClient, LargeAttachmentTask, withLargeAttachments } from "graph-large-attachments";
import { runHere } from "./runHere.mjs";

await runHere({ Client, GraphError, createAzureDevOpsClient, LargeAttachmentTask, withLargeAttachments });
