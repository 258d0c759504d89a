// What a small application takes of the package: each bundler's result is weighed.
export { LargeAttachmentTask, withLargeAttachments } from "graph-large-attachments";
