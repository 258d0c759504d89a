import type { Reply } from "../api.js";
import { json } from "../replies.js";
import { answerBase, refuseContentType, type AzureDevOpsCall, type AzureDevOpsContext } from "./call.js";
import { applyPatch, readPatch } from "./patch.js";
import { noProject, noSuchMethod, noWorkItem, tooManyRevisions } from "./replies.js";
import type { StoredWorkItem } from "./store.js";

/** The most revisions of a work item that REST can change (documented). */
const mostRevisions = 10_000;

/** The values of `$expand` that include relations: names, and the numbers that azure-devops-node-api sends. */
const withRelations = ["relations", "all", "1", "4"];

/** Answers GET, PATCH and DELETE of one work item, and POST of a new one to `$Task`. */
export function answerWorkItem(context: AzureDevOpsContext, call: AzureDevOpsCall): Reply {
  const { head, route, project, query } = call;
  if (route.id?.startsWith("$")) return createWorkItem(context, call);
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

/** Answers 200 with the new work item (documented). It belongs to the project in the path. */
function createWorkItem(context: AzureDevOpsContext, call: AzureDevOpsCall): Reply {
  if (call.head.method !== "POST" && call.head.method !== "PATCH") return noSuchMethod(call.head.method);
  if (!call.project) return noProject("");
  const refused = refuseContentType(call, ["application/json-patch+json"]);
  if (refused) return refused;
  const operations = readPatch(call.body);
  if ("status" in operations) return operations;
  const item = context.store.addWorkItem({ project: call.project.name });
  const patched = applyPatch(context, item, operations);
  if ("status" in patched) {
    context.store.workItems.delete(item.id);
    return patched;
  }
  return json(200, describe(context, call, Object.assign(item, patched), true));
}

/** Applies all operations or none, in one new revision (documented). Tests alone and `validateOnly` make no revision. */
function patchWorkItem(context: AzureDevOpsContext, call: AzureDevOpsCall, item: StoredWorkItem): Reply {
  const refused = refuseContentType(call, ["application/json-patch+json"]);
  if (refused) return refused;
  if (item.rev >= mostRevisions) return tooManyRevisions(item.id, item.rev);
  const operations = readPatch(call.body);
  if ("status" in operations) return operations;
  const patched = applyPatch(context, item, operations);
  if ("status" in patched) return patched;
  const changed = operations.some(({ op }) => op !== "test");
  const next = { ...item, ...patched, rev: item.rev + (changed ? 1 : 0) };
  if (call.query.get("validateonly")?.toLowerCase() !== "true") {
    Object.assign(item, next);
    for (const blob of context.store.blobs.values()) {
      blob.everLinked ||= item.relations.some(({ url }) => url.includes(blob.id));
    }
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
