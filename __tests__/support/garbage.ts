import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");

/** Collects everything that nobody needs any more. */
export const collectGarbage = runInNewContext("gc") as () => void;
