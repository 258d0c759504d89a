import type { Client } from "@microsoft/microsoft-graph-client";
import type { UploadOptions, UploadSession } from "graph-large-attachments";
import { useEffect, useRef, useState } from "react";
import { Hold } from "./hold.js";
import { explain, type Explanation, type Kind } from "./messages.js";
import { Paused, send, sessionOf } from "./upload.js";

/** A message, event or task that has a URL, or that attaches files itself. */
export interface Place {
  readonly kind: Kind;
  readonly name?: string;
  open?(): Promise<string>;
  attach?(file: File, run: Run & Pick<UploadOptions, "limiter">): Promise<Attached>;
}

type Run = Pick<UploadOptions, "onProgress" | "onWaiting"> & { readonly signal: AbortSignal };

/** A file that is attached. */
export interface Attached {
  /** Tells the user how to see it, if the window does not show it yet. */
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
  const holds = useRef(new Map<number, Hold>());
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

  /** The item attaches the file itself. A pause holds its requests back. */
  async function byItem({ id, file, place }: Row, run: Run): Promise<Attached> {
    const limiter = new Hold();
    holds.current.set(id, limiter);
    try {
      return await place.attach!(file, { ...run, limiter });
    } finally {
      holds.current.delete(id);
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
      const held = row.state === "paused" ? holds.current.get(row.id) : undefined;
      change(row, { state: "running", failure: undefined, loaded: held || row.session ? row.loaded : 0 });
      setStatus(row.state === "paused" ? `Resuming ${row.file.name}.` : `Uploading ${row.file.name} again.`);
      if (held) held.release();
      else void run(row);
    },
    pause(row) {
      const limiter = holds.current.get(row.id);
      if (!limiter) return pauses.current.get(row.id)?.abort();
      limiter.hold();
      change(row, { state: "paused" });
      setStatus(`${row.file.name} is paused.`);
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
