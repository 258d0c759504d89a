import type { Client } from "@microsoft/microsoft-graph-client";
import type { Place } from "../../support/pane/uploads.js";

export interface NamedPlace extends Place {
  readonly id: string;
  readonly name: string;
}

/** The open tasks of the default list, and the events of the next two weeks. `newTask` creates a task. */
export interface Places {
  readonly tasks: readonly NamedPlace[];
  readonly events: readonly NamedPlace[];
  newTask(title: string): Promise<NamedPlace>;
}

const TWO_WEEKS = 14 * 86_400_000;

export async function findPlaces(client: Client): Promise<Places> {
  const { value: lists } = await client.api("/me/todo/lists").get();
  const list = lists.find((one: { wellknownListName: string }) => one.wellknownListName === "defaultList") ?? lists[0];
  const tasksUrl = `/me/todo/lists/${encodeURIComponent(list.id)}/tasks`;
  const asTask = ({ id, title }: { id: string; title: string }) => place("task", title, tasksUrl, id);
  const [tasks, events] = await Promise.all([
    client.api(tasksUrl).filter("status ne 'completed'").top(20).get(),
    client
      .api("/me/calendarView")
      .query({ startDateTime: new Date().toISOString(), endDateTime: new Date(Date.now() + TWO_WEEKS).toISOString() })
      .select("id,subject")
      .orderby("start/dateTime")
      .top(20)
      .get(),
  ]);
  return {
    tasks: tasks.value.map(asTask),
    events: events.value.map(({ id, subject }: { id: string; subject: string }) =>
      place("event", subject, "/me/events", id),
    ),
    newTask: async (title) => asTask(await client.api(tasksUrl).post({ title })),
  };
}

function place(kind: Place["kind"], name: string, url: string, id: string): NamedPlace {
  const path = `${url}/${encodeURIComponent(id)}`;
  return { id, kind, name: name || "(no title)", open: async () => path };
}
