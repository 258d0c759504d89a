// azure-devops-node-api: attachments and work items.
import { Readable } from "node:stream";
import { getPersonalAccessTokenHandler, WebApi } from "azure-devops-node-api";
import { bytes, same, sha256 } from "./files.mjs";
import { versionOf } from "./packages.mjs";

const name = "azure-devops-node-api";
const content = bytes(5_000_000);
const project = "MyProject";

export const azureDevOps = {
  name,
  version: () => versionOf(".", name),
  cannot: ["Upload in chunks: `createAttachment` sends one request, whatever `uploadType` says."],
  prepare: async ({ emulator }) => {
    const signIn = getPersonalAccessTokenHandler(emulator.azureDevOps.personalAccessToken);
    const api = await new WebApi("https://dev.azure.com/fabrikam", signIn).getWorkItemTrackingApi();
    return { api, made: {} };
  },
  jobs: {
    "uploads an attachment and downloads it": async ({ emulator, api, made }) => {
      made.attachment = await api.createAttachment({}, Readable.from([content]), "big.zip", undefined, project);
      same(emulator.azureDevOps.blob(made.attachment.id).sha256, sha256(content));
      const parts = [];
      for await (const part of await api.getAttachmentContent(made.attachment.id, "big.zip", project)) parts.push(part);
      same(sha256(Buffer.concat(parts)), sha256(content));
    },
    "creates a work item": async ({ emulator, api, made }) => {
      const title = { op: "add", path: "/fields/System.Title", value: "A report" };
      made.item = await api.createWorkItem({}, [title], project, "Task");
      const { fields, rev } = emulator.azureDevOps.workItem(made.item.id);
      same([fields["System.Title"], fields["System.WorkItemType"], rev], ["A report", "Task", 1]);
    },
    "updates it and links the attachment": async ({ emulator, api, made }) => {
      const link = { rel: "AttachedFile", url: made.attachment.url, attributes: { comment: "the report" } };
      const changes = [
        { op: "test", path: "/rev", value: 1 },
        { op: "replace", path: "/fields/System.Title", value: "The report" },
        { op: "add", path: "/relations/-", value: link },
      ];
      await api.updateWorkItem({}, changes, made.item.id, project);
      const { fields, relations, rev } = emulator.azureDevOps.workItem(made.item.id);
      same([fields["System.Title"], relations.length, rev], ["The report", 1, 2]);
    },
    "reads it by its id, alone and with others": async ({ api, made }) => {
      const all = 4; // WorkItemExpand.All
      const { relations } = await api.getWorkItem(made.item.id, undefined, undefined, all, project);
      same(
        relations.map(({ attributes }) => attributes.name),
        ["big.zip"],
      );
      const found = await api.getWorkItems([made.item.id], undefined, undefined, all, undefined, project);
      same(
        found.map(({ id }) => id),
        [made.item.id],
      );
    },
  },
};
