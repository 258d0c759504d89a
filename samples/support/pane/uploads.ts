import type { Client } from "@microsoft/microsoft-graph-client";
import type { RunOptions, UploadOptions, UploadSession } from "graph-large-attachments";
import { useEffect, useRef, useState } from "react";
import { explain, type Explanation, type Kind } from "./messages.js";
import { send, sessionOf } from "./upload.js";

/** A message, event or task that has a URL, or that attaches files itself. */
export interface Place {
  readonly kind: Kind;
  readonly name?: string;
  open?(): Promise<string>;
  attach?(file: File, run: RunOptions & Pick<UploadOptions, "onWaiting">): Promise<Attached>;
}

/** A file that is attached. */
export interface Attached {
  /** How to see it, if the user does not see it yet. */
  readonly advice?: string;
  /** Resolves when the user sees it, or with `false`. */
  shown?(): Promise<boolean>;
}

/** One file in the list, and its state. */
export interface Row {
  readonly id: number;
  readonly file: File;
  readonly place: Place;
  /** `stored`: attached, but the user does not see it yet. */
  readonly state: "running" | "stored" | "attached" | "failed" | "canceled";
  readonly loaded: number;
  readonly failure?: Explanation;
  /** The upload waits until Graph knows the draft. */
  readonly waiting?: boolean;
  readonly advice?: string;
  readonly session?: UploadSession;
}

export interface Uploads {
  readonly rows: readonly Row[];
  /** The latest change, for screen readers. */
  readonly status: string;
  add(files: Iterable<File>, place: Place): void;
  retry(row: Row): void;
  cancel(row: Row): void;
  remove(row: Row): void;
}

let lastId = 0;

/** The files of the pane. The library uploads the files of one item one after another. */
export function useUploads(client: Client): Uploads {
  const [rows, setRows] = useState<readonly Row[]>([]);
  const [status, setStatus] = useState("");
  const stops = useRef(new Map<number, AbortController>());
  const running = rows.some(({ state }) => state === "running");
  useEffect(() => (running ? keepOpen() : undefined), [running]);

  const change = ({ id }: Row, changes: Partial<Row>) =>
    setRows((all) => all.map((row) => (row.id === id ? { ...row, ...changes } : row)));

  async function run(row: Row): Promise<void> {
    const { id, file, place } = row;
    const stop = new AbortController();
    stops.current.set(id, stop);
    try {
      const onProgress = ({ loaded }: { loaded: number }) => change(row, { loaded, waiting: false });
      const onWaiting = () => change(row, { waiting: true });
      const run = { onProgress, onWaiting, signal: stop.signal };
      const { advice, shown } = place.attach ? await place.attach(file, run) : await byUrl(row, run);
      change(row, advice ? { state: "stored", advice } : { state: "attached" });
      setStatus(advice ? `${file.name}: ${advice}` : `${file.name} is attached.`);
      if (!advice || !(await shown?.())) return;
      change(row, { state: "attached" });
      setStatus(`${file.name} is attached.`);
    } catch (error) {
      const failure = explain(error, place.kind);
      change(row, { state: stop.signal.aborted ? "canceled" : "failed", failure, session: sessionOf(error) });
      setStatus(`${file.name}: ${failure.text}`);
    }
  }

  async function byUrl({ file, place, session }: Row, { onProgress, signal }: RunOptions): Promise<Attached> {
    const item = await place.open!();
    signal?.throwIfAborted();
    await send(client, item, file, { onProgress, signal }, session);
    return {};
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
      setStatus(`Uploading ${row.file.name} again.`);
      void run(row);
    },
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
