import { startEmulator, type Emulator, type EmulatorOptions, type Item } from "../../src/emulator/index";

/** Sends a request with Node's own fetch over the emulator's real sockets. */
export type Send = (url: string, init?: RequestInit) => Promise<Response>;

export interface Bench {
  readonly emulator: Emulator;
  readonly send: Send;
  /** Sends to the Graph origin with the bearer; `path` begins after the version. */
  readonly graph: (method: string, path: string, body?: unknown) => Promise<Response>;
}

/** An emulator with ways to talk to it. */
export async function startBench(options?: EmulatorOptions): Promise<Bench> {
  const emulator = await startEmulator(options);
  const send: Send = (url, init) => fetch(url, { ...emulator.clientOptions.fetchOptions, ...init } as RequestInit);
  const graph: Bench["graph"] = (method, path, body) =>
    send(`${emulator.graphUrl}v1.0${path}`, {
      method,
      headers: {
        authorization: `Bearer ${emulator.token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
    });
  return { emulator, send, graph };
}

/** Opens a session on a message or event and gives its URL. */
export async function openOutlook(
  { graph }: Bench,
  item: Item,
  file: { name?: string; size: number } & object,
): Promise<string> {
  const AttachmentItem = { attachmentType: "file", name: "flower", ...file };
  const response = await graph("POST", `${item.path}/attachments/createUploadSession`, { AttachmentItem });
  return ((await response.json()) as { uploadUrl: string }).uploadUrl;
}

/** Opens a session on a task and gives its URL, without `/content`. */
export async function openTodo({ graph }: Bench, item: Item, size: number): Promise<string> {
  const attachmentInfo = { attachmentType: "file", name: "flower", size };
  const response = await graph("POST", `${item.path}/attachments/createUploadSession`, { attachmentInfo });
  return ((await response.json()) as { uploadUrl: string }).uploadUrl;
}

/** The init of a PUT of bytes start to end (exclusive) of `bytes`. */
export function rangeOf(
  bytes: Uint8Array,
  start: number,
  end: number,
  headers: Record<string, string> = {},
): RequestInit {
  return {
    method: "PUT",
    headers: {
      "content-type": "application/octet-stream",
      "content-range": `bytes ${start}-${end - 1}/${bytes.length}`,
      ...headers,
    },
    body: bytes.slice(start, end),
  };
}

/** Bytes that differ from place to place, so that a wrong order shows. */
export const sampleBytes = (size: number): Buffer<ArrayBuffer> =>
  Buffer.from(Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8)) & 255));

export const errorOf = async (
  response: Response,
): Promise<{ code: string; message: string; innerError: Record<string, string> }> =>
  (
    (await response.json()) as {
      error: { code: string; message: string; innerError: Record<string, string> };
    }
  ).error;
