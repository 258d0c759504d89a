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

/** Where the files go: a task, an event, or a task that is made for them. */
export function PlacePicker({ tasks, events, newTask, place, onPick }: Props) {
  const [made, setMade] = useState<readonly NamedPlace[]>([]);
  const [title, setTitle] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const select = useRef<HTMLSelectElement>(null);
  const all = [...made, ...tasks, ...events];

  const pick = (id: string) => {
    setTitle(id === NEW ? "" : undefined);
    onPick(all.find((one) => one.id === id));
  };
  const make = async (event: FormEvent) => {
    event.preventDefault();
    try {
      const task = await newTask(title!.trim());
      setMade([task, ...made]);
      setTitle(undefined);
      setProblem(undefined);
      onPick(task);
      select.current?.focus(); // the field that was typed in goes away
    } catch (error) {
      setProblem(explain(error, "task").text);
    }
  };

  return (
    <form className="fields" onSubmit={make}>
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
          <Group label="Tasks" places={[...made, ...tasks]} />
          <Group label="Events" places={events} />
        </Select>
      </Field>
      {title !== undefined && (
        <>
          <Field label="Name of the new task" validationMessage={problem}>
            <Input autoFocus value={title} onChange={(_, { value }) => setTitle(value)} />
          </Field>
          <Button type="submit" disabledFocusable={title.trim() === ""} className="submit">
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
