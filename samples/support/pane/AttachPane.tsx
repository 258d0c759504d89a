import { Button } from "@fluentui/react-button";
import { ArrowUploadRegular } from "@fluentui/react-icons";
import type { Client } from "@microsoft/microsoft-graph-client";
import { useRef, useState, type DragEvent, type ReactNode } from "react";
import { FileRow } from "./FileRow.js";
import { limit } from "./messages.js";
import { useOnline } from "./online.js";
import { useUploads, type Place, type Row } from "./uploads.js";

interface Props {
  readonly client: Client;
  /** Absent until the user chooses one. */
  readonly place?: Place;
  /** Shown above the drop zone. */
  readonly children?: ReactNode;
  /** A note for the user about this place. */
  readonly notes?: readonly string[];
}

const REFUSED = "The files were not added. First choose where to attach them.";

/** A drop zone, and the list of files. */
export function AttachPane({ client, place, children, notes = [] }: Props) {
  const { rows, status, add, retry, pause, cancel, remove } = useUploads(client);
  const online = useOnline();
  const [dragging, setDragging] = useState(false);
  const [refused, setRefused] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const choose = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLUListElement>(null);

  const take = (files: FileList | null) => {
    setRefused(!place);
    if (place && files) add(files, place);
  };
  const drag = (event: DragEvent) => {
    event.preventDefault();
    setDragging(event.type === "dragover");
    if (event.type === "drop") take(event.dataTransfer.files);
  };
  const dismiss = (row: Row, index: number) => {
    if (row.state === "running") return cancel(row);
    const buttons = list.current?.querySelectorAll<HTMLElement>("[data-dismiss]") ?? [];
    (buttons[index + 1] ?? buttons[index - 1] ?? choose.current)?.focus();
    remove(row);
  };
  const started = rows.some(({ state, loaded }) => state === "running" && loaded > 0);

  return (
    <main className="pane" onDragOver={drag} onDragLeave={drag} onDrop={drag}>
      <h1 className="hidden">Attach files</h1>
      {children}
      {notes.map((note) => (
        <p key={note} className="hint">
          {note}
        </p>
      ))}
      <section className={dragging ? "drop dragging" : "drop"} aria-label="Add files">
        <ArrowUploadRegular className="upload" aria-hidden />
        <p>Drag files here, or</p>
        <Button ref={choose} appearance="primary" disabledFocusable={!place} onClick={() => picker.current?.click()}>
          Choose files
        </Button>
        <p className="hint" role={refused && !place ? "alert" : undefined}>
          {place ? `Up to ${limit(place.kind)} MB each` : refused ? REFUSED : "First choose where to attach them"}
        </p>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={({ target }) => {
            take(target.files);
            target.value = ""; // The same file can then be chosen again.
          }}
        />
      </section>
      <ul className="files" ref={list} aria-label="Files">
        {rows.map((row, index) => (
          <FileRow
            key={row.id}
            row={row}
            waits={started && row.loaded === 0}
            online={online}
            onRetry={() => retry(row)}
            onPause={() => pause(row)}
            onDismiss={() => dismiss(row, index)}
          />
        ))}
      </ul>
      <div className="hidden" role="status" aria-live="polite">
        {status}
      </div>
    </main>
  );
}
