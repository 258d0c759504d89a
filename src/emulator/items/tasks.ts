import type { Reply } from "../api.js";
import type { GraphCall } from "../call.js";
import type { Context } from "../context.js";
import { pageOf } from "../graph/collection.js";
import { readObject, strayIn } from "../graph/requestBody.js";
import { select } from "../graph/select.js";
import { badRequest, empty, itemNotFound, json, methodNotAllowed } from "../replies.js";
import type { StoredItem, TaskList } from "./store.js";

/** The writable properties of a todoTask and a todoTaskList in the metadata. */
const taskProperties = [
  ...["title", "body", "importance", "status", "categories", "isReminderOn", "recurrence", "linkedResources"],
  ...["startDateTime", "dueDateTime", "completedDateTime", "reminderDateTime", "checklistItems", "extensions"],
];
const readOnly = ["id", "createdDateTime", "lastModifiedDateTime", "bodyLastModifiedDateTime", "hasAttachments"];
const pageSize = 100;

/** Answers requests to the lists of To Do: all, one, and the tasks in it. */
export function answerLists(context: Context, call: GraphCall): Reply {
  const { lists } = context.store;
  if (call.route.target === "lists") {
    if (call.head.method === "GET") return page(context, call, [...lists.values()].map(describeList), "lists");
    if (call.head.method !== "POST") return methodNotAllowed();
    const given = readKnown(call, ["displayName"]);
    if ("status" in given) return given;
    if (typeof given.value.displayName !== "string") return badRequest("displayName is required.");
    return one(context, call, 201, describeList(context.store.addList(given.value.displayName)), "lists");
  }
  const list = lists.get(call.route.keys.list ?? "");
  if (!list) return itemNotFound();
  return call.route.target === "list" ? answerList(context, call, list) : answerTasks(context, call, list);
}

function answerList(context: Context, call: GraphCall, list: TaskList): Reply {
  switch (call.head.method) {
    case "GET":
      return one(context, call, 200, describeList(list), "lists");
    case "PATCH": {
      const given = readKnown(call, ["displayName"]);
      if ("status" in given) return given;
      Object.assign(list, given.value);
      return one(context, call, 200, describeList(list), "lists");
    }
    case "DELETE":
      context.store.lists.delete(list.id);
      for (const { id } of tasksIn(context, list)) context.store.items.delete(id);
      return empty(204);
    default:
      return methodNotAllowed();
  }
}

function answerTasks(context: Context, call: GraphCall, list: TaskList): Reply {
  if (call.head.method === "GET") return page(context, call, tasksIn(context, list).map(describeTask), "tasks");
  if (call.head.method !== "POST") return methodNotAllowed();
  const given = readKnown(call, taskProperties);
  if ("status" in given) return given;
  const task = context.store.addItem("task", { properties: given.value, listId: list.id });
  return one(context, call, 201, describeTask(task), "tasks");
}

/** Answers GET, PATCH and DELETE on a task. */
export function answerTask(context: Context, call: GraphCall, task: StoredItem): Reply {
  switch (call.head.method) {
    case "GET":
      return one(context, call, 200, describeTask(task), "tasks");
    case "PATCH": {
      const given = readKnown(call, taskProperties);
      if ("status" in given) return given;
      Object.assign(task.properties, given.value);
      return one(context, call, 200, describeTask(task), "tasks");
    }
    case "DELETE":
      context.store.items.delete(task.id);
      return empty(204);
    default:
      return methodNotAllowed();
  }
}

/** Reads the writable properties of a body. Annotations and read-only properties are ignored, unknown ones refused. */
function readKnown(call: GraphCall, known: readonly string[]): { value: Record<string, unknown> } | Reply {
  const body = readObject(call);
  if ("status" in body) return body;
  const stray = strayIn(body.value, [...known, ...readOnly]);
  if (stray !== undefined) return badRequest(`The property '${stray}' does not exist.`);
  return { value: Object.fromEntries(Object.entries(body.value).filter(([name]) => known.includes(name))) };
}

const tasksIn = ({ store }: Context, { id }: TaskList): StoredItem[] =>
  [...store.items.values()].filter((item) => item.kind === "task" && item.listId === id);

const describeList = ({ id, displayName }: TaskList): Record<string, unknown> => ({
  ...{ id, displayName, isOwner: true, isShared: false, wellknownListName: "none" },
});

function describeTask({ id, created, properties, attachments }: StoredItem): Record<string, unknown> {
  const { subject = "", ...given } = properties;
  return {
    ...{ id, title: subject, importance: "normal", status: "notStarted", isReminderOn: false, categories: [] },
    ...given,
    ...{ createdDateTime: created, lastModifiedDateTime: created, hasAttachments: attachments.length > 0 },
  };
}

const metadata = ({ graphUrl }: Context, { route }: GraphCall, name: string): string =>
  `${graphUrl}${route.version}/$metadata#${name}`;

function one(context: Context, call: GraphCall, status: number, row: Record<string, unknown>, name: string): Reply {
  return json(status, { "@odata.context": `${metadata(context, call, name)}/$entity`, ...select(call, row) });
}

function page(context: Context, call: GraphCall, rows: Record<string, unknown>[], name: string): Reply {
  const found = pageOf(call, rows, pageSize);
  if ("status" in found) return found;
  const value = found.value.map((row) => select(call, row));
  return json(200, { "@odata.context": metadata(context, call, name), value, "@odata.nextLink": found.nextLink });
}
