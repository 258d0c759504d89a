import type { Protocol } from "../protocol.js";
import { outlook } from "./outlook.js";
import { todo } from "./todo.js";

/** The services of Microsoft Graph whose items have attachments. */
export const itemProtocols: readonly Protocol[] = [outlook, todo];
