import type { Client } from "@microsoft/microsoft-graph-client";
import type { UploadSession } from "graph-large-attachments";
import { useEffect, useRef, useState } from "react";
import { explain, type Explanation, type Kind } from "./messages.js";
import { Paused, send, sessionOf } from "./upload.js";

/** A message, event or task. `open` saves it if necessary and returns its URL. */
export interface Place {
  readonly kind: Kind;
  readonly name?: string;
  open(): Promise<string>;
}

/** One file in the list, and its state. */
export interface Row {
  readonly id: number;
  readonly file: File;
  readonly place: Place;
  readonly state: "running" | "paused" | "attached" | "failed" | "canceled";
  readonly loaded: number;
  readonly failure?: Explanation;
  readonly session?: UploadSession;
}

export interface Uploads {
  readonly rows: readonly Row[];
  /** The latest change, for screen readers. */
  readonly status: string;
  add(files: Iterable<File>, place: Place): void;
  /** Continues a paused upload, or begins a failed one again. */
  retry(row: Row): void;
  pause(row: Row): void;
  cancel(row: Row): void;
  remove(row: Row): void;
}

let lastId = 0;

/** The files of the pane. The library uploads the files of one item one after another. */
export function useUploads(client: Client): Uploads {
  const [rows, setRows] = useState<readonly Row[]>([]);
  const [status, setStatus] = useState("");
  const stops = useRef(new Map<number, AbortController>());
  const pauses = useRef(new Map<number, AbortController>());
  const running = rows.some(({ state }) => state === "running");
  useEffect(() => (running ? keepOpen() : undefined), [running]);

  const change = ({ id }: Row, changes: Partial<Row>) =>
    setRows((all) => all.map((row) => (row.id === id ? { ...row, ...changes } : row)));

  async function run(row: Row): Promise<void> {
    const { id, file, place, session } = row;
    const stop = new AbortController();
    stops.current.set(id, stop);
    const pause = new AbortController();
    pauses.current.set(id, pause);
    try {
      const item = await place.open();
      stop.signal.throwIfAborted();
      const onProgress = ({ loaded }: { loaded: number }) => change(row, { loaded });
      await send(client, item, file, { onProgress, signal: stop.signal }, { pause: pause.signal, session });
      change(row, { state: "attached" });
      setStatus(`${file.name} is attached.`);
    } catch (error) {
      if (error instanceof Paused) {
        change(row, { state: "paused", session: error.session });
        return setStatus(`${file.name} is paused.`);
      }
      const failure = explain(error, place.kind);
      change(row, { state: stop.signal.aborted ? "canceled" : "failed", failure, session: sessionOf(error) });
      setStatus(`${file.name}: ${failure.text}`);
    }
  }

  return {
    rows,
    status,
    add(files, place) {
      const added = [...files].map((file): Row => ({ id: ++lastId, file, place, state: "running", loaded: 0 }));
      if (added.length === 0) return;
      setRows((all) => [...all, ...added]);
      setStatus(added.length === 1 ? `Uploading ${added[0]!.file.name}.` : `Uploading ${added.length} files.`);
      for (const row of added) void run(row);
    },
    retry(row) {
      change(row, { state: "running", failure: undefined, loaded: row.session ? row.loaded : 0 });
      setStatus(row.state === "paused" ? `Resuming ${row.file.name}.` : `Uploading ${row.file.name} again.`);
      void run(row);
    },
    pause: ({ id }) => pauses.current.get(id)?.abort(),
    cancel: ({ id }) => stops.current.get(id)?.abort(),
    remove: ({ id }) => setRows((all) => all.filter((row) => row.id !== id)),
  };
}

/** Asks before the user closes the pane during an upload. */
function keepOpen(): () => void {
  const ask = (event: BeforeUnloadEvent) => event.preventDefault();
  addEventListener("beforeunload", ask);
  return () => removeEventListener("beforeunload", ask);
}
