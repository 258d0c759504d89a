// Attaches one file to each of the items that it is given, all at the same time, and tells the errors.
import { connect } from "./client";

const client = connect({ threshold: 100_000, rangeSize: 200_000, mailbox: "megan@contoso.example" });
const file = new Blob([new Uint8Array(400_000).map((_, index) => index % 251)]);

process.on("message", (paths: readonly string[]) => {
  void Promise.allSettled(paths.map((path) => client.api(path).attach(file, { name: "file.bin" }))).then((all) => {
    process.send?.(all.flatMap((one) => ("reason" in one ? [String(one.reason)] : [])));
  });
});
process.send?.("ready");
