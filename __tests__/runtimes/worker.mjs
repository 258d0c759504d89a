// The smoke suite in a Cloudflare Worker: it runs while a request is answered, as uploads there do.
import { Client, GraphError } from "@microsoft/microsoft-graph-client";
import { createAzureDevOpsClient, LargeAttachmentTask, withLargeAttachments } from "graph-large-attachments";
import { smoke } from "./smoke.mjs";

const kit = { Client, GraphError, createAzureDevOpsClient, LargeAttachmentTask, withLargeAttachments };

export default {
  fetch: async (_request, { CONTROL }) => Response.json({ results: await smoke({ kit, control: CONTROL }) }),
};
