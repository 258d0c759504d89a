import { LargeAttachmentTask, type UploadOptions, type UploadSession } from "../../src/index.js";
import { clientOf, watch, type State, type Target } from "./upload.js";

interface PageState extends State {
  /** True if the tab was hidden all the time while bytes moved. */
  hidden: boolean;
  /** True if the upload has begun to wait for the network. */
  waits?: boolean;
  /** The most by which what is held has grown, in bytes. */
  heap?: number;
  /** Of the bytes that the page has made by itself; hex. */
  sha256?: string;
}

const state: PageState = { progress: [], hidden: true };
const stop = new AbortController();

/** Bytes that are held, buffers included, once what nobody needs is gone; Chromium alone tells. */
function heap(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return (performance as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0;
}

const add = globalThis.addEventListener;
globalThis.addEventListener = (...given: Parameters<typeof add>) => {
  if (given[0] === "online") state.waits = true;
  add(...given);
};

function options(): UploadOptions {
  const before = heap();
  return {
    signal: stop.signal,
    onProgress(progress) {
      state.progress.push(progress);
      state.hidden &&= document.hidden;
      state.heap = Math.max(state.heap ?? 0, heap() - before);
    },
  };
}

const picked = (): File => document.querySelector("input")!.files![0]!;

/** Functions that the tests call from outside. */
const page = {
  state: () => state,
  isHidden: () => document.hidden,
  size: () => picked().size,
  abort: () => stop.abort(),

  /** The code that an application has today: a JSON body with the file in base64. */
  async post(target: Target, size: number) {
    const bytes = Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8)) & 255);
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    state.sha256 = [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const contentBytes = await base64(new Blob([bytes]));
    const attachment = { "@odata.type": "#microsoft.graph.fileAttachment", name: "report.pdf", contentBytes };
    watch(state, clientOf(target).api(`${target.path}/attachments`).post(attachment));
  },

  attach(target: Target, more: UploadOptions = {}) {
    watch(
      state,
      clientOf(target)
        .api(target.path)
        .attach(picked(), { ...options(), ...more }),
    );
  },

  /** Stores the session after every range, so that another page can go on. */
  upload(target: Target) {
    const { onProgress, signal } = options();
    const uploading = async () => {
      const task = await LargeAttachmentTask.create(clientOf(target), target.path, picked());
      const store = () => localStorage.setItem("session", JSON.stringify(task.session));
      return task.upload({ signal, onProgress: (progress) => (store(), onProgress!(progress)) });
    };
    watch(state, uploading());
  },

  stored: () => JSON.parse(localStorage.getItem("session")!) as UploadSession,

  resume(target: Target) {
    const resuming = async () => {
      const task = await LargeAttachmentTask.restore(clientOf(target), page.stored(), picked());
      return task.resume(options());
    };
    watch(state, resuming());
  },

  work(target: Target) {
    const worker = new Worker("/worker.js", { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<State>) => Object.assign(state, data));
    worker.addEventListener("error", ({ message }) => (state.error = { name: "Worker", message }));
    worker.postMessage({ target, file: picked() });
  },

  /** The events of the browser itself, for engines whose driver cannot cut the network. */
  claimOnline(is: boolean) {
    Object.defineProperty(navigator, "onLine", { configurable: true, get: () => is });
    dispatchEvent(new Event(is ? "online" : "offline"));
  },
};

function base64(blob: Blob): Promise<string> {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve((reader.result as string).split(",")[1]!);
    reader.readAsDataURL(blob);
  });
}

export type PageCalls = typeof page;
Object.assign(globalThis, { page });
