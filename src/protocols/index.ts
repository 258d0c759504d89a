import type { Protocol } from "../protocol.js";
import { drive } from "./drive.js";
import { outlook } from "./outlook.js";
import { print } from "./print.js";
import { todo } from "./todo.js";

/** The services of Microsoft Graph. Azure DevOps has its own handler, so that only its users load it. */
export const graphProtocols: readonly Protocol[] = [outlook, todo, drive, print];
