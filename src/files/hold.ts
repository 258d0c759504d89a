import { isObject } from "../isObject.js";

/**
 * A Node stream. Its iterator hears an error only while it waits for bytes, so that an earlier one would crash the process,
 * and it destroys the stream only if it has begun to read it.
 */
export interface NodeStream {
  on(event: "error", listener: () => void): unknown;
  off(event: "error", listener: () => void): unknown;
  listeners?(event: "error"): readonly unknown[];
  destroy(): unknown;
}

/** The next read reports the error. */
const ignore = () => {};

export function isNodeStream(source: object): source is NodeStream {
  return "destroy" in source && "on" in source;
}

/** Keeps a Node stream that fails before anybody reads it from ending the process. Other sources need nothing. */
export function hold(source: unknown): void {
  if (!isObject(source) || !isNodeStream(source)) return;
  if (!source.listeners?.("error").includes(ignore)) source.on("error", ignore);
}

/** Holds files until `work` has loaded what opens them. Lets go of them if it fails. */
export async function holding<T>(files: readonly unknown[], work: () => Promise<T>): Promise<T> {
  try {
    for (const one of files) hold(sourceIn(one));
    return await work();
  } catch (error) {
    letGoAll(files);
    throw error;
  }
}

export function letGoAll(files: readonly unknown[]): void {
  for (const one of files) letGo(sourceIn(one));
}

/** Stops holding a stream: an error after its last byte belongs to the caller. */
export function release(stream: NodeStream): void {
  stream.off("error", ignore);
}

/** Lets go of a source that nobody will read. Only streams hold anything. A locked stream belongs to its reader. */
export function letGo(file: unknown): void {
  const source = isObject(file) && "bodyUsed" in file ? file["body"] : file;
  if (!isObject(source) || source["locked"] || !("getReader" in source || Symbol.asyncIterator in source)) return;
  const call = (owner: object, name: PropertyKey): unknown => {
    const method: unknown = Reflect.get(owner, name);
    return typeof method === "function" ? Reflect.apply(method, owner, []) : undefined;
  };
  const end = async () => {
    if ("cancel" in source || "destroy" in source) return call(source, "cancel" in source ? "cancel" : "destroy");
    return call(Object(call(source, Symbol.asyncIterator)), "return");
  };
  void end().catch(() => {});
}

/** The source in a file as a caller gives it, with or without metadata. */
export function sourceIn(one: unknown): unknown {
  return isObject(one) && "file" in one ? one["file"] : one;
}
