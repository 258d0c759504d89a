// An application that uses the package as most do. The result of each bundler is weighed.
export { withLargeAttachments } from "graph-large-attachments";
