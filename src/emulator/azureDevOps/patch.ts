import type { Reply, WorkItemRelation } from "../api.js";
import type { AzureDevOpsContext } from "./call.js";
import { badRelation, invalidPatch, staleRevision, testFailed, tooManyAttachments } from "./replies.js";
import { attachmentIdIn } from "./routes.js";
import type { StoredWorkItem } from "./store.js";

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

type Patched = Pick<StoredWorkItem, "fields" | "relations">;

/** Limits of a work item: attachments, links, and characters of a comment (documented). */
const mostAttachments = 100;
const mostLinks = 1000;
const longestComment = 255;

/** Reads a body that is a JSON Patch. The text of the refusal is a choice. */
export function readPatch(body: Buffer): Operation[] | Reply {
  const isOperation = (value: unknown): value is Operation =>
    isObject(value) && typeof value.op === "string" && typeof value.path === "string";
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    if (Array.isArray(value) && value.length > 0 && value.every(isOperation)) return value;
  } catch {
    // Refused below, like every body that is not a patch.
  }
  return invalidPatch("You must pass a valid patch document in the body of the request.");
}

/** Applies all operations in order, and refuses the first one that fails. */
export function applyPatch(
  context: AzureDevOpsContext,
  item: StoredWorkItem,
  operations: readonly Operation[],
): Patched | Reply {
  let patched: Patched = { fields: item.fields, relations: item.relations };
  for (const operation of operations) {
    const next = applyOperation(context, { ...item, ...patched }, operation);
    if ("status" in next) return next;
    patched = next;
  }
  if (patched.relations.length > mostLinks) return invalidPatch(`A work item has at most ${mostLinks} links.`);
  const attached = patched.relations.filter(({ rel }) => rel === "AttachedFile");
  return attached.length > mostAttachments && operations.some(isLink) ? tooManyAttachments() : patched;
}

const isLink = ({ op, path }: Operation): boolean => op === "add" && path === "/relations/-";

function applyOperation(context: AzureDevOpsContext, item: StoredWorkItem, operation: Operation): Patched | Reply {
  const { fields, relations } = item;
  const { op, path, value } = operation;
  const field = /^\/fields\/([\w.]+)$/.exec(path)?.[1];
  if (op === "test" && (path === "/rev" || field !== undefined)) {
    const current = field === undefined ? item.rev : fields[field];
    return current === value
      ? { fields, relations }
      : (staleRevision(context.vary.azureStaleRevision) ?? testFailed(path, current, value));
  }
  if ((op === "add" || op === "replace") && field !== undefined) {
    return { fields: { ...fields, [field]: value }, relations };
  }
  if (isLink(operation)) {
    const relation = readRelation(context, value);
    return "status" in relation ? relation : { fields, relations: [...relations, relation] };
  }
  const index = Number(/^\/relations\/(\d+)$/.exec(path)?.[1] ?? Infinity);
  if (op === "remove" && index < relations.length) {
    return { fields, relations: relations.filter((_, at) => at !== index) };
  }
  return invalidPatch(`The operation '${op}' at '${path}' is not possible.`);
}

/** Reads a new relation into its stored form. */
function readRelation(context: AzureDevOpsContext, value: unknown): WorkItemRelation | Reply {
  if (!isObject(value)) return badRelation(value);
  const { rel, url, attributes } = value;
  const formed = attributes === undefined || isObject(attributes);
  if (typeof rel !== "string" || typeof url !== "string" || !formed) return badRelation(value);
  const comment = attributes?.comment;
  if (typeof comment === "string" && comment.length > longestComment) {
    return invalidPatch(`The comment of a relation has at most ${longestComment} characters.`);
  }
  return rel === "AttachedFile"
    ? readAttachedFile(context, url, attributes)
    : { rel, url, attributes: attributes ?? {} };
}

/** Moves `?fileName` into the attributes and adds id and dates (documented). Refusing an incomplete upload is a choice. */
function readAttachedFile(
  context: AzureDevOpsContext,
  url: string,
  attributes: Record<string, unknown> | undefined,
): WorkItemRelation | Reply {
  const { store, vary } = context;
  const blob = store.blobs.get(attachmentIdIn(url) ?? "");
  const ours = URL.canParse(url) && new URL(url).port === new URL(context.url).port;
  if (!blob || !ours) return invalidPatch(`The attachment '${url}' does not exist.`);
  if (!store.isComplete(blob)) return invalidPatch(`The upload of the attachment '${url}' is not complete.`);
  if (!attributes && vary.azureMissingAttributes === "refuse") return invalidPatch("A link needs its attributes.");
  const linked = new Date(context.now()).toISOString();
  const { comment, name = fileNameIn(url), resourceSize } = attributes ?? { resourceSize: 0 };
  return {
    rel: "AttachedFile",
    url: url.replace(/\?.*$/, ""),
    attributes: {
      authorizedDate: linked,
      id: store.newRelationId(),
      resourceCreatedDate: new Date(blob.created).toISOString(),
      resourceModifiedDate: new Date(blob.created).toISOString(),
      revisedDate: "9999-01-01T00:00:00Z",
      ...defined({ comment, name, resourceSize }),
    },
  };
}

const fileNameIn = (url: string): string | undefined =>
  [...new URL(url).searchParams].find(([name]) => name.toLowerCase() === "filename")?.[1];

const defined = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
