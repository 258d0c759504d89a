import type { Client } from "@microsoft/microsoft-graph-client";
import type { CheckpointStore, UploadOptions, UploadSession } from "graph-large-attachments";
import { useEffect, useRef, useState } from "react";
import { explain, type Explanation, type Kind } from "./messages.js";
import { Paused, send, sessionOf } from "./upload.js";

/** A message, event or task that has a URL, or that attaches files itself. */
export interface Place {
  readonly kind: Kind;
  readonly name?: string;
  open?(): Promise<string>;
  attach?(file: File, run: Run & Pick<UploadOptions, "checkpoints">): Promise<Attached>;
}

type Run = Pick<UploadOptions, "onProgress" | "onWaiting"> & { readonly signal: AbortSignal };

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
  readonly state: "running" | "paused" | "stored" | "attached" | "failed" | "canceled";
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
  const stores = useRef(new Map<number, CheckpointStore>());
  const running = rows.some(({ state }) => state === "running");
  useEffect(() => (running ? keepOpen() : undefined), [running]);

  const change = ({ id }: Row, changes: Partial<Row>) =>
    setRows((all) => all.map((row) => (row.id === id ? { ...row, ...changes } : row)));

  async function run(row: Row): Promise<void> {
    const { id, file, place } = row;
    const stop = new AbortController();
    stops.current.set(id, stop);
    const pause = new AbortController();
    pauses.current.set(id, pause);
    try {
      const onProgress = ({ loaded }: { loaded: number }) => change(row, { loaded, waiting: false });
      const onWaiting = () => change(row, { waiting: true });
      const run = { onProgress, onWaiting, signal: stop.signal };
      const { advice, shown } = await (place.attach ? byItem : byUrl)(row, run, pause.signal);
      change(row, advice ? { state: "stored", advice } : { state: "attached" });
      setStatus(advice ? `${file.name}: ${advice}` : `${file.name} is attached.`);
      if (!advice || !(await shown?.())) return;
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

  /** The item attaches the file itself. The checkpoints continue a paused upload. */
  async function byItem({ id, file, place }: Row, run: Run, pause: AbortSignal): Promise<Attached> {
    const checkpoints = stores.current.get(id) ?? memoryCheckpoints();
    stores.current.set(id, checkpoints);
    try {
      return await place.attach!(file, { ...run, checkpoints, signal: AbortSignal.any([run.signal, pause]) });
    } catch (error) {
      if (pause.aborted && !run.signal.aborted) throw new Paused();
      throw error;
    }
  }

  async function byUrl({ file, place, session }: Row, run: Run, pause: AbortSignal): Promise<Attached> {
    const item = await place.open!();
    run.signal.throwIfAborted();
    const { onProgress, signal } = run;
    await send(client, item, file, { onProgress, signal }, { pause, session });
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
      setStatus(row.state === "paused" ? `Resuming ${row.file.name}.` : `Uploading ${row.file.name} again.`);
      void run(row);
    },
    pause: ({ id }) => pauses.current.get(id)?.abort(),
    cancel: ({ id }) => stops.current.get(id)?.abort(),
    remove: ({ id }) => setRows((all) => all.filter((row) => row.id !== id)),
  };
}

/** For one file of the pane. A session is a secret, so it stays in memory. */
function memoryCheckpoints(): CheckpointStore {
  const sessions = new Map<string, UploadSession>();
  return {
    load: (key) => sessions.get(key),
    save: (key, session) => sessions.set(key, session),
    remove: (key) => sessions.delete(key),
  };
}

/** Asks before the user closes the pane during an upload. */
function keepOpen(): () => void {
  const ask = (event: BeforeUnloadEvent) => event.preventDefault();
  addEventListener("beforeunload", ask);
  return () => removeEventListener("beforeunload", ask);
}
