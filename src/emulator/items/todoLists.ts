import type { Reply } from "../api.js";
import type { GraphCall } from "../call.js";
import type { Context } from "../context.js";
import { readObject } from "../graph/requestBody.js";
import { badRequest, empty, itemNotFound, json, methodNotAllowed } from "../replies.js";

/** Answers requests for lists of To Do, and POST of a task (documented: 201 for both, 204 for deleting a list with its tasks). */
export function answerTodoLists({ store }: Context, call: GraphCall): Reply {
  const { target, keys } = call.route;
  const { method } = call.head;
  const list = keys.list ?? "";
  if (target === "lists" && method === "GET") {
    return json(200, { value: [...store.lists].map(([id, displayName]) => ({ id, displayName })) });
  }
  if (target !== "lists" && !store.lists.has(list)) return itemNotFound();
  if (target === "todoList" && method === "DELETE") {
    store.lists.delete(list);
    for (const item of [...store.items.values()]) if (item.listId === list) store.items.delete(item.id);
    return empty(204);
  }
  if (target === "todoList" || method !== "POST") return methodNotAllowed();
  const body = readObject(call);
  if ("status" in body) return body;
  const { displayName, title } = body.value;
  if (target === "tasks") {
    if (typeof title !== "string") return badRequest("title is required.");
    const task = store.addItem("task", { properties: { subject: title }, listId: list });
    return json(201, { id: task.id, title, status: "notStarted" });
  }
  if (typeof displayName !== "string" || displayName === "") return badRequest("displayName is required.");
  const id = store.newId();
  store.lists.set(id, displayName);
  return json(201, { id, displayName, isOwner: true, isShared: false, wellknownListName: "none" });
}
