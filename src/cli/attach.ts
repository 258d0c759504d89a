import { attachFiles, type ResumableOptions } from "./attachFiles.js";
import { runCommand } from "./command.js";
import { openFiles } from "./files.js";
import { connectToGraph, graphPath, type GraphOptions } from "./graph.js";

export interface AttachCommandOptions extends GraphOptions, ResumableOptions {
  /** Whether a file that is too large goes to OneDrive, and a link to it is attached. */
  readonly link?: boolean;
}

/** `attach <url> <file…>` */
export function attach(url: string, paths: readonly string[], options: AttachCommandOptions): Promise<number> {
  return runCommand(options, async (run) => {
    const files = await openFiles(paths, options);
    const path = graphPath(url, options.baseUrl);
    const { client, origin } = await connectToGraph(options, run);
    const more = options.link ? { overflow: "link" as const } : {};
    await attachFiles({ client, path, target: new URL(path, origin).href, files, more }, run, options);
  });
}
