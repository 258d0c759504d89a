// n8n's nodes for Outlook, OneDrive and To Do, with a stub of the context that n8n gives them.
import { createRequire } from "node:module";
import { join } from "node:path";
import { bytes, same, sha256 } from "./files.mjs";
import { versionOf } from "./packages.mjs";

const large = bytes(9_000_000);
const small = bytes(1000);
const nodes = "n8n-nodes-base/dist/nodes/Microsoft";

export const n8n = {
  name: "n8n-nodes-base",
  npm: { "n8n-workflow": "2.41.0", "moment-timezone": "0.5.48", isbot: "3.6.13" },
  // Its own dependencies are hundreds, and these nodes need few of them.
  unpacked: {
    "n8n-nodes-base@2.41.2": ["package.json", "dist/nodes/Microsoft/*.js", "dist/utils/*.js"],
  },
  version: (home) => versionOf(home, "n8n-nodes-base"),
  cannot: [
    "Run the Outlook node as a whole outside n8n, because its send-and-wait needs `n8n-core`: its operations ran.",
    "Upload a drive file in a session: the OneDrive node sends one PUT.",
  ],
  prepare: ({ emulator, home }) => {
    const load = createRequire(join(home, "package.json"));
    const { MicrosoftOneDrive } = load(`${nodes}/OneDrive/MicrosoftOneDrive.node.js`);
    const { MicrosoftToDo } = load(`${nodes}/ToDo/MicrosoftToDo.node.js`);
    const outlook = (name) => load(`${nodes}/Outlook/v2/actions/${name}.operation.js`);
    const binary = { fileName: "report.pdf", mimeType: "application/pdf" };
    const contextOf = (parameters, data) => contextFor(emulator.token, parameters, { ...binary, data });
    return {
      drive: async (parameters, data) => rows(await new MicrosoftOneDrive().execute.call(contextOf(parameters, data))),
      toDo: async (parameters) => rows(await new MicrosoftToDo().execute.call(contextOf(parameters))),
      outlook: async (name, parameters, data) => {
        const context = contextOf(parameters, data);
        return rows([await outlook(name).execute.call(context, 0, context.getInputData())]);
      },
    };
  },
  jobs: {
    "OneDrive: creates a folder, uploads, searches, renames, moves, copies, shares, downloads and deletes": async ({
      emulator,
      drive,
    }) => {
      const [folder] = await drive({ resource: "folder", operation: "create", name: "Reports/2026", options: {} });
      const file = { resource: "file", fileName: "report.pdf", binaryData: true, binaryPropertyName: "data" };
      const [made] = await drive({ ...file, operation: "upload", parentId: folder.id }, small);
      same(emulator.drive.file("/Reports/2026/report.pdf").sha256, sha256(small));
      const found = await drive({ resource: "file", operation: "search", query: "report.p" });
      same(
        found.map(({ id }) => id),
        [made.id],
      );
      const item = { resource: "file", fileId: made.id, itemId: made.id };
      await drive({ ...item, operation: "rename", newName: "renamed.pdf" });
      const move = (destinationFolderId) =>
        drive({ ...item, operation: "move", destinationFolderId, additionalFields: {} });
      await move("root");
      same(emulator.drive.file("/renamed.pdf").id, made.id);
      await move(folder.id);
      await drive({
        ...item,
        operation: "copy",
        additionalFields: { name: "copy.pdf" },
        parentReference: { id: folder.id },
      });
      same(
        (await drive({ resource: "folder", operation: "getChildren", folderId: folder.id })).map(({ name }) => name),
        ["copy.pdf", "renamed.pdf"],
      );
      const [link] = await drive({ ...item, operation: "share", type: "view", scope: "organization" });
      same(link.link.type, "view");
      await drive({ ...item, operation: "download", binaryPropertyName: "data" });
      await drive({ ...item, operation: "delete" });
      same(
        emulator.drive.files().map(({ name }) => name),
        ["copy.pdf"],
      );
    },
    "Outlook: creates a draft with a file, attaches 9 MB to it, lists its attachments and sends it": async ({
      emulator,
      outlook,
    }) => {
      const files = { attachments: { attachments: [{ binaryPropertyName: "data" }] } };
      const additionalFields = { ...files, toRecipients: "adele@contoso.example", bodyContentType: "html" };
      const [draft] = await outlook(
        "draft/create",
        { subject: "Report", bodyContent: "<p>Hi</p>", additionalFields },
        small,
      );
      const message = { messageId: draft.id, draftId: draft.id };
      await outlook("messageAttachment/add", { ...message, binaryPropertyName: "data", options: {} }, large);
      const listed = await outlook("messageAttachment/getAll", { ...message, returnAll: true, options: {} });
      same(
        listed.map(({ name }) => name),
        ["report.pdf", "report.pdf"],
      );
      const [{ data }] = await outlook("messageAttachment/download", {
        ...{ ...message, attachmentId: listed[1].id, binaryPropertyName: "data" },
      });
      same(sha256(data), sha256(large));
      await outlook("draft/send", { ...message, to: "" });
      const [sent] = emulator.mailbox.outbox();
      same(
        sent.attachments.map((each) => each.sha256),
        [sha256(small), sha256(large)],
      );
    },
    "To Do: creates a list and a task, changes, lists and deletes them": async ({ toDo }) => {
      const list = { resource: "list" };
      const [made] = await toDo({ ...list, operation: "create", displayName: "Errands" });
      const task = { resource: "task", taskListId: made.id };
      const [one] = await toDo({ ...task, operation: "create", title: "Buy milk", additionalFields: {} });
      await toDo({ ...task, operation: "update", taskId: one.id, updateFields: { title: "Buy bread" } });
      const tasks = await toDo({ ...task, operation: "getAll", returnAll: true });
      same(
        tasks.map(({ title }) => title),
        ["Buy bread"],
      );
      await toDo({ ...task, operation: "delete", taskId: one.id });
      await toDo({ ...list, operation: "delete", listId: made.id });
      same(await toDo({ ...list, operation: "getAll", returnAll: true }), []);
    },
  },
};

/** The results of a node: its JSON, with the bytes of a file that it returned. */
const rows = ([items]) =>
  items.map(({ json, binary }) => ({ ...json, ...(binary?.data?.bytes && { data: binary.data.bytes }) }));

/** The part of n8n's context that these nodes use. */
function contextFor(token, parameters, binary) {
  const send = (_credential, options) => request(options.uri, options, token);
  const { data, ...file } = binary;
  const found = { ...file, data: data?.toString("base64") };
  return {
    getInputData: () => [{ json: {}, binary: {} }],
    getNode: () => ({ name: "node", typeVersion: 2 }),
    getTimezone: () => "UTC",
    getCredentials: async () => ({}),
    getNodeParameter: (name, _index, otherwise) => parameters[name] ?? otherwise,
    continueOnFail: () => false,
    helpers: {
      requestOAuth2: send,
      requestWithAuthentication: send,
      request: (uri, options) => request(uri, options),
      assertBinaryData: () => found,
      getBinaryDataBuffer: async () => data,
      prepareBinaryData: async (bytes) => ({ bytes }),
      returnJsonArray: (given) => [given].flat().map((each) => (each?.json ? each : { json: each })),
      constructExecutionMetaData: (items) => items,
    },
  };
}

/** n8n's request helper: JSON in and out where `json` says so, and an error for other statuses than 2xx. */
async function request(uri, { method, headers, body, qs = {}, json, encoding, resolveWithFullResponse }, token) {
  const url = new URL(uri);
  for (const [name, value] of Object.entries(qs)) url.searchParams.set(name, value);
  const { "Content-length": _, "Content-Length": __, ...others } = headers ?? {};
  const isText = body === undefined || typeof body === "string" || body instanceof Uint8Array;
  const response = await fetch(url, {
    method,
    headers: { ...others, ...(token && { Authorization: `Bearer ${token}` }) },
    body: isText ? body : JSON.stringify(body),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  if (!response.ok) throw new Error(`${response.status} ${method} ${uri}: ${bytes}`);
  const parsed = encoding === null ? bytes : json && bytes.length > 0 ? JSON.parse(bytes) : bytes.toString();
  const all = { headers: Object.fromEntries(response.headers), statusCode: response.status, body: parsed };
  return resolveWithFullResponse ? all : parsed;
}
