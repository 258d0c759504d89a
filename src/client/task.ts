// Loaded with the first task. It uploads through any client; only Azure DevOps brings its own protocols.
export { createTask, restoreTask } from "../attach/task.js";
export { graphProtocols } from "../protocols/index.js";
