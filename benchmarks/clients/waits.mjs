// The two waits that an upload from a slow stream can overlap, each alone.
import { task } from "./ours.mjs";
import { uploads } from "../support/source.mjs";

/** Nothing but reading. */
export function source(parameters) {
  return uploads(parameters, async (stream) => {
    for await (const _ of stream);
  });
}

/** Nothing but sending, from memory. */
export const service = (parameters) => task({ ...parameters, stream: false });
