import { DEFAULT_RANGE_SIZE } from "../range.js";
import { graphAttachments } from "./graph/attachments.js";
import { pathPattern } from "./graph/path.js";

/**
 * Attachments of To Do tasks. Ranges go to `uploadUrl` + `/content` on Graph itself, with the token; status and cancel go to
 * `uploadUrl`. Up to 25 MB, ranges of less than 4 MB (docs: todo-attachments).
 */
export const todo = graphAttachments({
  name: "todo",
  label: "To Do",
  fileLimit: 26_214_400,
  limits: { range: 3_999_999, unit: 1 },
  rangeSize: DEFAULT_RANGE_SIZE,
  items: [pathPattern("/(?:me|users{})/todo/lists{}/tasks{}")],
  type: "microsoft.graph.taskFileAttachment",
  listQuery: "",
  details: () => ({}),
  defaults: {},
  properties: ({ name, size, contentType }) => ({
    attachmentInfo: { attachmentType: "file", name, size, contentType },
  }),
  permission: "Tasks.ReadWrite",
  uploadsTo: (uploadUrl) => /^https?:\/\/[^/?#]+\/[^?#]*\/attachmentSessions\/[^/?#]+$/i.test(uploadUrl),
  rangeSuffix: "/content",
  rangesTo: "api",
});
