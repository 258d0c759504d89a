// What most applications take of the package: each bundler's result is weighed.
export { withLargeAttachments } from "graph-large-attachments";
