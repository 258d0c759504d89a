// The smoke suite with two copies of the package in one process: an application imports it, and a dependency requires it.
import { createRequire } from "node:module";
import { Client, GraphError } from "@microsoft/microsoft-graph-client";
import * as imported from "graph-large-attachments";
import { runHere } from "./runHere.mjs";

const required = createRequire(import.meta.url)("graph-large-attachments");
if (required.withLargeAttachments === imported.withLargeAttachments) throw new Error("There is only one copy.");

const { createAzureDevOpsClient } = imported;
const { LargeAttachmentTask } = required;
const withLargeAttachments = (client) => imported.withLargeAttachments(required.withLargeAttachments(client));
await runHere({ Client, GraphError, createAzureDevOpsClient, LargeAttachmentTask, withLargeAttachments });
