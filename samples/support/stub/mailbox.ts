import type { Emulator, Item } from "graph-large-attachments/emulator";
import { faultsNamed } from "./faults.js";

const TASKS = ["Send the slides to Adele", "Proofread the annual report", "Book a room for the workshop"];
const EVENTS = ["Design review", "Quarterly planning with the Zürich office", "Lunch with Alex"];

/** The data that the stubs of Office.js, teams-js and the sign-in get at the start. */
export interface Start {
  readonly token: string;
  readonly message: string;
}

/** The mailbox of the page, new with each load. It answers requests for lists, which the emulator does not support. */
export class Mailbox {
  #tasks: { readonly item: Item; readonly title: string }[] = [];
  #events: { readonly item: Item; readonly subject: string }[] = [];

  constructor(private readonly emulator: Emulator) {}

  start(search: URLSearchParams): Start {
    const { emulator } = this;
    emulator.reset();
    emulator.vary({ draftVisibleAfter: 1000 * Number(search.get("visibleAfter") ?? 0) });
    this.#tasks = TASKS.map((title) => ({ title, item: emulator.addTask({ subject: title }) }));
    this.#events = EVENTS.map((subject) => ({ subject, item: emulator.addEvent({ subject }) }));
    emulator.fault(...faultsNamed(search.get("fault")));
    return { token: emulator.token, message: emulator.addMessage({ subject: "The report" }).id };
  }

  /** Answers a request for a list or for a new task. Returns `undefined` for requests that the emulator answers. */
  answer(method: string, path: string, body: () => Promise<{ title: string }>): Promise<unknown> | object | undefined {
    if (path.endsWith("/me/todo/lists")) return { value: [{ id: "tasks", wellknownListName: "defaultList" }] };
    if (path.endsWith("/me/calendarView"))
      return { value: this.#events.map(({ item, subject }) => ({ id: item.id, subject })) };
    if (!path.endsWith("/me/todo/lists/tasks/tasks")) return undefined;
    if (method === "POST") return body().then(({ title }) => this.#addTask(title));
    return { value: this.#tasks.map(({ item, title }) => ({ id: item.id, title })) };
  }

  #addTask(title: string): object {
    const item = this.emulator.addTask({ subject: title });
    this.#tasks.push({ item, title });
    return { id: item.id, title };
  }
}
