import { Command, InvalidArgumentError, Option } from "commander";
import type { AttachCommandOptions } from "./attach.js";
import type { AzureDevOpsCommandOptions } from "./azureDevOps.js";
import type { EmulatorCommandOptions } from "./emulator/start.js";
import type { SendCommandOptions } from "./send.js";

/** Replaced by the version of the package when this is bundled. */
declare const VERSION: string;

const MORE = `
Sign-in: GRAPH_TOKEN, or AZURE_DEVOPS_TOKEN or AZURE_DEVOPS_PAT, in the
environment; else a device code.

Exit codes: 0 done, 1 refused, 2 wrong use, 3 broke off and can go on,
4 uncertain, 130 stopped.

Examples:
  graph-large-attachments send --to adele@contoso.com --subject Video video.mp4
  graph-large-attachments attach /me/messages/AAMkAD… report.zip --resume
  graph-large-attachments azure-devops --organization contoso App/299 a.zip
  graph-large-attachments emulator --open`;

/** The commands and their options; `exit` is told how each has ended. */
export function makeProgram(exit: (code: number) => void, json: boolean): Command {
  const program = new Command("graph-large-attachments")
    .description("Sends and attaches files of any size by Microsoft Graph and Azure DevOps.")
    .version(VERSION)
    .exitOverride()
    .configureOutput({ outputError: () => {}, ...(json ? { writeErr: () => {} } : {}) })
    .showHelpAfterError(false)
    .addHelpText("after", MORE);

  uploading(program.command("send"), true)
    .summary("send a mail with files")
    .description("Sends a mail with files of any size. It cannot be resumed: what is stopped is not sent.")
    .argument("<file...>", 'files; "-" is standard input, with --name and --size')
    .requiredOption("--to <address>", "recipient; may be given again", more)
    .option("--cc <address>", "recipient of a copy; may be given again", more)
    .option("--bcc <address>", "recipient that others do not see; may be given again", more)
    .option("--subject <text>", "subject", "")
    .addOption(new Option("--body <text>", "text of the mail").conflicts("bodyFile"))
    .option("--body-file <path>", "file with the text of the mail, in UTF-8")
    .option("--html", "the text is HTML")
    .option("--user <id>", "send as this user, by id or address, and not as the one who signed in")
    .action(async (files: string[], options: SendCommandOptions) =>
      exit(await (await import("./send.js")).send(files, options)),
    );

  resumable(uploading(program.command("attach"), true))
    .summary("attach files to an item")
    .description("Attaches files to a message, an event or a task, or uploads them to whatever else the path names.")
    .option("--link", "a file that is too large goes to OneDrive, and a link to it is attached")
    .argument("<url>", "its path, such as /me/messages/{id}, or its whole URL")
    .argument("<file...>", 'files; "-" is standard input, with --name and --size')
    .action(async (url: string, files: string[], options: AttachCommandOptions) =>
      exit(await (await import("./attach.js")).attach(url, files, options)),
    );

  resumable(uploading(program.command("azure-devops"), false))
    .summary("attach files to a work item")
    .description("Uploads files and links them to a work item of Azure DevOps.")
    .argument("<work-item>", "<project>/<id>, or the work item's URL")
    .argument("<file...>", 'files; "-" is standard input, with --name and --size')
    .addOption(new Option("--organization <url>", "URL or name").env("AZURE_DEVOPS_ORGANIZATION"))
    .option("--comment <text>", "what people read beside the file in the work item")
    .option("--area-path <path>", "the area whose readers may read the file before it is linked")
    .action(async (workItem: string, files: string[], options: AzureDevOpsCommandOptions) =>
      exit(await (await import("./azureDevOps.js")).azureDevOps(workItem, files, options)),
    );

  program
    .command("emulator")
    .summary("start a local Graph to try it on")
    .description("Starts a strict local Graph and Azure DevOps, with a page that shows what they hold.")
    .option("--port <number>", "port of the page", port, 4400)
    .option("--open", "open the page in the browser")
    .option("--json", "tell the addresses as one JSON document")
    .action(async (options: EmulatorCommandOptions) =>
      exit(await (await import("./emulator/start.js")).startEmulatorCommand(options)),
    );
  return program;
}

/** What all commands that upload can be told. */
function uploading(command: Command, graph: boolean): Command {
  if (graph) {
    const baseUrl = new Option("--base-url <url>", "the emulator, or a national cloud's Graph");
    command.addOption(baseUrl.env("GRAPH_BASE_URL").default("https://graph.microsoft.com"));
  }
  return command
    .addOption(new Option("--tenant <id>", "tenant to sign in to").env("AZURE_TENANT_ID").default("organizations"))
    .addOption(new Option("--client-id <id>", "app registration to sign in with").env("AZURE_CLIENT_ID"))
    .option("--ca <path>", "PEM file of a certificate authority to trust as well")
    .option("--name <name>", "name of the file, where it is only one")
    .option("--content-type <type>", "media type of the files, where it is not told by their names")
    .option("--size <bytes>", "size of standard input", wholeNumber)
    .option("--retries <count>", "how often to try again before bytes must have moved", wholeNumber, 5)
    .option("--timeout <seconds>", "how long a range may go without its reply", seconds, 300)
    .option("--json", "print one JSON document, and nothing else, on standard output")
    .option("--quiet", "print nothing but errors")
    .option("--verbose", "tell of every attempt, with request ids");
}

function resumable(command: Command): Command {
  return command.option("--resume", "go on with what an earlier run of the same command has left");
}

function more(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function wholeNumber(value: string): number {
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(Number(value)))
    throw new InvalidArgumentError("It must be a whole number.");
  return Number(value);
}

function seconds(value: string): number {
  const number = wholeNumber(value);
  if (number < 1 || number > 2_000_000) throw new InvalidArgumentError("It must be from 1 to 2000000.");
  return number;
}

function port(value: string): number {
  const number = wholeNumber(value);
  if (number > 65_535) throw new InvalidArgumentError("It must be a port, or 0 for any that is free.");
  return number;
}
