// The two waits that an upload from a slow stream can overlap, each alone.
import { bare } from "./bare.mjs";
import { uploads } from "../support/source.mjs";

/** Nothing but reading. */
export function source(parameters) {
  return uploads(parameters, async (stream) => {
    for await (const _ of stream);
  });
}

/** Nothing but sending. */
export const service = (parameters) => bare({ ...parameters, stream: false });
