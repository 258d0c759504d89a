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
  /** Absent while none is chosen. */
  readonly place?: Place;
  /** Stands above the drop zone. */
  readonly children?: ReactNode;
}

/** A drop zone and the files that were given to it. */
export function AttachPane({ client, place, children }: Props) {
  const { rows, news, add, retry, cancel, remove } = useUploads(client);
  const online = useOnline();
  const [over, setOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const choose = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLUListElement>(null);

  const take = (files: FileList | null) => place && files && add(files, place);
  const drag = (event: DragEvent) => {
    event.preventDefault();
    setOver(event.type === "dragover");
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
      {children}
      <section className={over ? "drop over" : "drop"} aria-label="Add files">
        <ArrowUploadRegular className="upload" aria-hidden />
        <p>Drag files here, or</p>
        <Button ref={choose} appearance="primary" disabledFocusable={!place} onClick={() => picker.current?.click()}>
          Choose files
        </Button>
        <p className="hint">{place ? `Up to ${limit(place.kind)} MB each` : "First choose where they go"}</p>
        <input
          ref={picker}
          type="file"
          multiple
          hidden
          onChange={({ target }) => {
            take(target.files);
            target.value = ""; // so that the same file can be chosen again
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
            onDismiss={() => dismiss(row, index)}
          />
        ))}
      </ul>
      <div className="unseen" role="status" aria-live="polite">
        {news}
      </div>
    </main>
  );
}
