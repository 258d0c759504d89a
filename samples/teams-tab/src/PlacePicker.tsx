import { Button } from "@fluentui/react-button";
import { Field } from "@fluentui/react-field";
import { Input } from "@fluentui/react-input";
import { Select } from "@fluentui/react-select";
import { useRef, useState, type FormEvent } from "react";
import { explain } from "../../support/pane/messages.js";
import type { NamedPlace, Places } from "./places.js";

interface Props extends Places {
  readonly place?: NamedPlace;
  onPick(place: NamedPlace | undefined): void;
}

const NEW = "new";

/** Picks a task or an event, or creates a task. */
export function PlacePicker({ tasks, events, newTask, place, onPick }: Props) {
  const [created, setCreated] = useState<readonly NamedPlace[]>([]);
  const [title, setTitle] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const select = useRef<HTMLSelectElement>(null);
  const all = [...created, ...tasks, ...events];

  const pick = (id: string) => {
    setTitle(id === NEW ? "" : undefined);
    onPick(all.find((one) => one.id === id));
  };
  const create = async (event: FormEvent) => {
    event.preventDefault();
    if (title!.trim() === "") return setProblem("Give the task a name.");
    try {
      const task = await newTask(title!.trim());
      setCreated([task, ...created]);
      setTitle(undefined);
      setProblem(undefined);
      onPick(task);
      select.current?.focus(); // The text field disappears.
    } catch (error) {
      setProblem(explain(error, "task").text);
    }
  };

  return (
    <form className="fields" onSubmit={create}>
      <Field label="Attach to">
        <Select
          ref={select}
          value={title === undefined ? (place?.id ?? "") : NEW}
          onChange={(_, { value }) => pick(value)}
        >
          <option value="" disabled>
            Choose a task or an event
          </option>
          <option value={NEW}>New task…</option>
          <Group label="Tasks" places={[...created, ...tasks]} />
          <Group label="Events" places={events} />
        </Select>
      </Field>
      {title !== undefined && (
        <>
          <Field label="Name of the new task" validationMessage={problem}>
            <Input autoFocus value={title} onChange={(_, { value }) => setTitle(value)} />
          </Field>
          <Button type="submit" className="submit">
            Create task
          </Button>
        </>
      )}
    </form>
  );
}

function Group({ label, places }: { readonly label: string; readonly places: readonly NamedPlace[] }) {
  if (places.length === 0) return null;
  return (
    <optgroup label={label}>
      {places.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </optgroup>
  );
}
