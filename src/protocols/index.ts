import type { UploadProtocol } from "../protocol.js";
import { drive } from "./drive.js";
import { outlook } from "./outlook.js";
import { print } from "./print.js";
import { todo } from "./todo.js";

/** What Microsoft Graph takes. Azure DevOps comes with its own handler, so that nobody carries it who does not use it. */
export const graphProtocols: readonly UploadProtocol[] = [outlook, todo, drive, print];
