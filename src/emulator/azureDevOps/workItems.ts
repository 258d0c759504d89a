import type { Reply } from "../api.js";
import { json } from "../replies.js";
import { answerBase, refuseContentType, type AzureDevOpsCall, type AzureDevOpsContext } from "./call.js";
import { applyPatch, readPatch } from "./patch.js";
import { invalidPatch, noProject, noSuchMethod, noWorkItem, tooManyRevisions } from "./replies.js";
import type { StoredWorkItem } from "./store.js";

/** The most revisions of a work item that REST can change (documented). */
const mostRevisions = 10_000;

/** The values of `$expand` that include relations: names, and the numbers that azure-devops-node-api sends. */
const withRelations = ["relations", "all", "1", "4"];

/** Answers GET, PATCH and DELETE of one work item. */
export function answerWorkItem(context: AzureDevOpsContext, call: AzureDevOpsCall): Reply {
  const { head, route, project, query } = call;
  const item = context.store.workItems.get(Number(route.id));
  // Finding a work item only in its own project is a choice.
  if (!item || (project && project !== item.project)) return noWorkItem(route.id ?? "");
  if (head.method === "GET") {
    return json(200, describe(context, call, item, withRelations.includes((query.get("$expand") ?? "").toLowerCase())));
  }
  if (head.method === "DELETE") {
    context.store.workItems.delete(item.id);
    return json(200, { id: item.id, deletedDate: new Date(context.now()).toISOString(), code: 200 });
  }
  return head.method === "PATCH" ? patchWorkItem(context, call, item) : noSuchMethod(head.method);
}

/** Answers GET of the work items with some ids, in their order (documented: up to 200). */
export function listWorkItems(context: AzureDevOpsContext, call: AzureDevOpsCall): Reply {
  if (call.head.method !== "GET") return noSuchMethod(call.head.method);
  const ids = (call.query.get("ids") ?? "").split(",").filter(Boolean);
  if (ids.length === 0 || ids.length > 200) return invalidPatch("ids names 1 to 200 work items.");
  const expanded = withRelations.includes((call.query.get("$expand") ?? "").toLowerCase());
  const value: unknown[] = [];
  for (const id of ids) {
    const item = context.store.workItems.get(Number(id));
    if (!item || (call.project && call.project !== item.project)) return noWorkItem(id);
    value.push(describe(context, call, item, expanded));
  }
  return json(200, { count: value.length, value });
}

/** Answers POST `…/workitems/$Task`: a new work item with its fields and relations, in its first revision (200, documented). */
export function createWorkItem(context: AzureDevOpsContext, call: AzureDevOpsCall): Reply {
  const { head, project, route } = call;
  if (head.method !== "POST") return noSuchMethod(head.method);
  if (!project) return noProject("");
  const operations = readOperations(call);
  if ("status" in operations) return operations;
  const item = context.store.addWorkItem({ project: project.name });
  const patched = applyPatch(context, item, operations);
  const refused =
    "status" in patched
      ? patched
      : patched.fields["System.Title"] === ""
        ? invalidPatch("TF401320: Rule Error for field Title. Error code: Required, InvalidEmpty.")
        : undefined;
  if (refused) {
    context.store.workItems.delete(item.id);
    return refused;
  }
  Object.assign(item, patched);
  Object.assign(item.fields, { "System.WorkItemType": route.type });
  noteLinks(context, item);
  return json(200, describe(context, call, item, true));
}

function readOperations(call: AzureDevOpsCall): ReturnType<typeof readPatch> {
  return refuseContentType(call, ["application/json-patch+json"]) ?? readPatch(call.body);
}

/** An attachment that was linked once stays. */
function noteLinks({ store }: AzureDevOpsContext, { relations }: StoredWorkItem): void {
  for (const blob of store.blobs.values()) blob.everLinked ||= relations.some(({ url }) => url.includes(blob.id));
}

/** Applies all operations or none, in one new revision (documented). Tests alone and `validateOnly` make no revision. */
function patchWorkItem(context: AzureDevOpsContext, call: AzureDevOpsCall, item: StoredWorkItem): Reply {
  if (item.rev >= mostRevisions) return tooManyRevisions(item.id, item.rev);
  const operations = readOperations(call);
  if ("status" in operations) return operations;
  const patched = applyPatch(context, item, operations);
  if ("status" in patched) return patched;
  const changed = operations.some(({ op }) => op !== "test");
  const next = { ...item, ...patched, rev: item.rev + (changed ? 1 : 0) };
  if (call.query.get("validateonly")?.toLowerCase() !== "true") {
    Object.assign(item, next);
    noteLinks(context, item);
  }
  return json(200, describe(context, call, next, true));
}

/** Describes a work item. Omitting an empty list of relations is a choice. */
function describe(
  context: AzureDevOpsContext,
  call: AzureDevOpsCall,
  { id, rev, fields, relations }: StoredWorkItem,
  expanded: boolean,
): unknown {
  const shown = expanded && relations.length > 0 ? { relations } : {};
  return { id, rev, fields, ...shown, url: `${answerBase(context, call)}/_apis/wit/workItems/${id}` };
}
