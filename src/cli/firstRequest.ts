import type { RandomAccessFile } from "../index.js";

/** Gives a token for each request. */
export type GetToken = () => Promise<string>;

/**
 * Runs a call of the library up to its first request, which is not sent. The call throws only what the library finds
 * wrong in any case, such as a file that is too large.
 */
export async function runToFirstRequest(
  call: (getToken: GetToken, signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const controller = new AbortController();
  const getToken = async (): Promise<string> => {
    controller.abort();
    throw controller.signal.reason;
  };
  try {
    await call(getToken, controller.signal);
  } catch (error) {
    if (!controller.signal.aborted) throw error;
  }
}

/** A file of this name and size without content, for calls that send nothing. */
export function placeholder({ name, size }: Pick<RandomAccessFile, "name" | "size">): RandomAccessFile {
  return { name, size, slice: (start, end) => new Uint8Array(end - start) };
}
