// The smoke suite in a page: what each bundler bundles, and each browser runs.
import { Client, GraphError } from "@microsoft/microsoft-graph-client";
import { createAzureDevOpsClient, LargeAttachmentTask, withLargeAttachments } from "graph-large-attachments";
import { smoke } from "./smoke.mjs";

const kit = { Client, GraphError, createAzureDevOpsClient, LargeAttachmentTask, withLargeAttachments };

Object.assign(globalThis, { page: { smoke: (control, given) => smoke({ kit, control, ...given }) } });
