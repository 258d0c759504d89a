import type { AttachOptions } from "../index.js";
import { attachFiles, checkFiles, type AttachRequest, type ResumableOptions } from "./attachFiles.js";
import { commandLine, programName, quote } from "./commandLine.js";
import { runCommand } from "./command.js";
import { usageError } from "./failure.js";
import { openFiles } from "./files.js";
import { connectToGraph, graphClient, graphPath, type GraphOptions } from "./graph.js";

export interface AttachCommandOptions extends GraphOptions, ResumableOptions {
  /** Attach a link to OneDrive if the file is too large for the item. */
  readonly link?: boolean;
  readonly conflict?: AttachOptions["conflictBehavior"];
}

/** `attach <url> <file…>` */
export function attach(url: string, paths: readonly string[], options: AttachCommandOptions): Promise<number> {
  return runCommand(options, async (run) => {
    const files = await openFiles(paths, options);
    const path = graphPath(url, options.baseUrl);
    checkTarget(path, paths, options);
    run.situation.check = "Check the item before you attach the file again.";
    const target = new URL(path, options.baseUrl).href;
    const overflow = options.link ? ("link" as const) : undefined;
    const request: AttachRequest = {
      path,
      target,
      files,
      options: { overflow, conflictBehavior: options.conflict },
      tooLargeHint: (file) => tooLargeHint(path, file.path, options),
    };
    await checkFiles(request, (getToken) => graphClient(options.baseUrl, getToken), run);
    await attachFiles(await connectToGraph(options, run), request, run, options);
  });
}

const isDrive = (path: string) => /\/drives?\//i.test(path);
const takesLinks = (path: string) => /\/(messages|events)\/[^/]+\/?$/i.test(path) && !/\/(chats|teams)\//i.test(path);

/** Refuses paths and options that are known not to work, with what works instead. */
function checkTarget(path: string, paths: readonly string[], { conflict, link }: AttachCommandOptions): void {
  if (/\/sendMail\/?$/i.test(path))
    throw usageError(
      `${path} sends a new mail, so there is no item to attach to.`,
      `Send the mail with its files: ${programName()} send --to <address> ${paths.map((file) => quote(file)).join(" ")}`,
    );
  if (conflict !== undefined && !isDrive(path))
    throw usageError("--conflict is for files on OneDrive and SharePoint only.", "Leave out --conflict.");
  if (link && !takesLinks(path)) throw usageError("--link is for messages and events only.", "Leave out --link.");
}

function tooLargeHint(path: string, file: string, { link }: AttachCommandOptions): string {
  if (isDrive(path) || link) return "Split the file.";
  if (takesLinks(path)) return "Add --link to the command. It uploads the file to OneDrive and attaches a link.";
  return `Upload the file to OneDrive instead: ${commandLine("attach", "/me/drive/root", file)}`;
}
