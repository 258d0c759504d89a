import { at, isDone, listAt, textAt, type Answer } from "./answer.js";
import { Unexpected } from "./errors.js";
import type { Lab } from "./lab.js";
import { graph } from "./requests.js";

/** An item of a mailbox that the probe made. */
export interface Item {
  readonly id: string;
  readonly path: string;
  readonly subject: string;
  readonly answer: Answer;
  /** Strikes it off the ledger: it is deleted, or another entry deletes it. */
  readonly strike: () => void;
}

const subjectFilter = (subject: string): string =>
  `?$filter=${encodeURIComponent(`subject eq '${subject}'`)}&$select=id`;

/** Creates a message or event. `found` is the collection that finds it by its subject. */
interface Making {
  readonly what: "message" | "event";
  readonly label: string;
  readonly collection: string;
  readonly value?: object;
  /** The name of the subject in JSON. */
  readonly subjectKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body that is posted, if it is more than the item. */
  readonly wrap?: (value: object) => object;
  /** Base64 of MIME, in place of JSON. */
  readonly mime?: string;
  /** The collection of the new item, if it is another one. */
  readonly home?: string;
}

/** Makes a message or event, which is in the ledger before. A refusal is returned with an empty id. */
export async function makeItem(lab: Lab, making: Making): Promise<Item> {
  const { what, label, collection, value, subjectKey = "subject", headers, wrap = (whole) => whole } = making;
  const { home = collection, mime } = making;
  const subject = `${lab.name} ${label}`;
  let id = "";
  const strike = lab.made(`the ${what === "event" ? "event" : "draft"} "${subject}" in ${placeOf(what)}`, () =>
    removeItem(lab, { what, home, subject, id }),
  );
  const more = mime === undefined ? { headers } : { headers: { "Content-Type": "text/plain" }, body: mime };
  const body = mime === undefined ? wrap({ [subjectKey]: subject, ...value }) : undefined;
  const answer = await lab.ask(graph("POST", collection, body, { makes: true, ...more }));
  // A success without an id made nothing: large MIME is reported to be ignored so.
  id = isDone(answer) ? textAt(answer.body, "id") : "";
  if (id === "") strike();
  return { id, path: `${home}/${encodeURIComponent(id)}`, subject, answer, strike };
}

const placeOf = (what: "message" | "event"): string => (what === "event" ? "the calendar" : "Drafts");

/** An item that must be there for the experiment. `read` is the answer to a GET below its path. */
export async function makeOrFail(lab: Lab, making: Making, below?: string): Promise<Item & { readonly read: Answer }> {
  const item = await makeItem(lab, making);
  if (item.id === "") throw new Unexpected(`making a ${making.what} gets status ${item.answer.status}`);
  return { ...item, read: (await untilFound(lab, item.path, below)).answer };
}

/** Reads a new item, or something below it, until it is found. `missed` counts the reads that did not find it. */
export async function untilFound(lab: Lab, path: string, below = "?$select=id") {
  for (let missed = 0; missed < 6; missed++) {
    const answer = await lab.ask(graph("GET", path + below));
    if (answer.status !== 404) return { missed, answer };
    await lab.wait(1);
  }
  throw new Unexpected("a new item is not found");
}

interface Removing {
  readonly what: "message" | "event";
  readonly home: string;
  readonly subject: string;
  readonly id: string;
}

/** Deletes an item by its id, or else all of its subject. True if none is left. */
export async function removeItem(lab: Lab, { what, home, subject, id }: Removing): Promise<boolean> {
  // A new item may show late to DELETE, too.
  for (let round = 0; id !== "" && round < 2; round++) {
    if (round > 0) await lab.wait(1);
    if ((await lab.ask(graph("DELETE", `${home}/${encodeURIComponent(id)}`))).status === 204) return true;
  }
  // Without a response nobody knows whether it was made, and it may show late.
  const enough = id === "" ? 2 : 1;
  for (let [round, empty] = [0, 0]; round < 7 && empty < enough; round++) {
    const found = await findBySubject(lab, what, subject);
    empty = found?.length === 0 ? empty + 1 : 0;
    for (const each of found ?? []) await lab.ask(graph("DELETE", `${home}/${encodeURIComponent(each)}`));
    if (empty === enough) return true;
    await lab.wait(1);
  }
  return false;
}

/** The ids of the items of a subject, in all folders. Undefined if they cannot be listed. */
export async function findBySubject(lab: Lab, what: "message" | "event", subject: string) {
  const answer = await lab.ask(graph("GET", `${lab.me}/${what}s${subjectFilter(subject)}`));
  return isDone(answer) ? listAt(answer.body, "value").map((each) => textAt(each, "id")) : undefined;
}

/** The extended property of the shared draft. */
export const mark = "String {6f2d1a0e-7c1b-4b43-9a35-3f0c5a7c1f11} Name probe";

/** Deletes what this run has moved to Deleted Items, in the end: the entry is the first of the ledger. */
async function removeDeleted(lab: Lab): Promise<boolean> {
  const filter = `?$filter=${encodeURIComponent(`startswith(subject,'${lab.name}')`)}&$select=id&$top=50`;
  const found = await lab.ask(graph("GET", `${lab.me}/messages${filter}`));
  let gone = isDone(found);
  for (const each of listAt(found.body, "value")) {
    const { status } = await lab.ask(graph("DELETE", `${lab.me}/messages/${encodeURIComponent(textAt(each, "id"))}`));
    gone &&= status === 204 || status === 404;
  }
  return gone;
}

/** The draft that most experiments use, or its refusal. */
export const triedDraft = (lab: Lab): Promise<Item> =>
  lab.shared("tried draft", () => {
    lab.made(`the mails whose subject begins with "${lab.name}" in Deleted Items`, () => removeDeleted(lab));
    const value = { singleValueExtendedProperties: [{ id: mark, value: lab.name }] };
    return makeItem(lab, { what: "message", label: "draft", collection: `${lab.me}/messages`, value });
  });

/** The same draft, once it is found. `missed` counts the reads that did not find it. */
export const sharedDraft = (lab: Lab): Promise<Item & { readonly missed: number }> =>
  lab.shared("draft", async () => {
    const item = await triedDraft(lab);
    if (item.id === "") throw new Unexpected(`a new draft gets status ${item.answer.status}`);
    return { ...item, missed: (await untilFound(lab, item.path)).missed };
  });

/** The id and the addresses of the user. */
export const sharedUser = (lab: Lab): Promise<Answer> =>
  lab.shared("user", () => lab.ask(graph("GET", `${lab.me}?$select=id,mail,userPrincipalName`)));

/** The list and the task of To Do that its experiments use. The list is deleted with its tasks. */
export const sharedTask = (lab: Lab): Promise<Pick<Item, "id" | "path" | "answer">> =>
  lab.shared("task", async () => {
    const lists = `${lab.me}/todo/lists`;
    let list = "";
    const strike = lab.made(`the list "${lab.name}" in To Do`, () => removeList(lab, lists, list));
    const made = await lab.ask(graph("POST", lists, { displayName: lab.name }, { makes: true }));
    list = isDone(made) ? textAt(made.body, "id") : "";
    if (list === "") {
      if (made.status < 500) strike();
      return { id: "", path: "", answer: made };
    }
    const tasks = `${lists}/${encodeURIComponent(list)}/tasks`;
    const task = await lab.ask(graph("POST", tasks, { title: lab.name }, { makes: true }));
    const id = textAt(task.body, "id");
    return { id: isDone(task) ? id : "", path: `${tasks}/${encodeURIComponent(id)}`, answer: task };
  });

async function removeList(lab: Lab, lists: string, id: string): Promise<boolean> {
  if (id !== "") {
    const { status } = await lab.ask(graph("DELETE", `${lists}/${encodeURIComponent(id)}`));
    return status === 204 || status === 404;
  }
  const all = await lab.ask(graph("GET", lists));
  const found = listAt(all.body, "value").filter((each) => at(each, "displayName") === lab.name);
  for (const each of found) await lab.ask(graph("DELETE", `${lists}/${encodeURIComponent(textAt(each, "id"))}`));
  return isDone(all);
}
