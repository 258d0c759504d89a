// Loaded with the first task. It uploads through any client; only Azure DevOps brings its own protocols.
import { meantBy } from "../attach/filesFolder.js";
import { graphProtocols } from "../protocols/index.js";

export { createTask, restoreTask } from "../attach/task.js";

/** For a client without a handler. */
export const placesFor = () => ({ protocols: graphProtocols, meantBy });
