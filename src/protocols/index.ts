import type { Protocol } from "../protocol.js";
import { drive } from "./drive.js";
import { itemProtocols } from "./items.js";
import { print } from "./print.js";

/** The services of Microsoft Graph. Azure DevOps has its own handler, so that only its users load it. */
export const graphProtocols: readonly Protocol[] = [...itemProtocols, drive, print];
