import { Command, InvalidArgumentError, Option } from "commander";
import type { AttachCommandOptions } from "./attach.js";
import type { AzureDevOpsCommandOptions } from "./azureDevOps.js";
import type { EmulatorCommandOptions } from "./emulator/start.js";
import type { OutputOptions } from "./output.js";
import type { ProbeCommandOptions } from "./probe.js";
import type { SendCommandOptions } from "./send.js";

/** The version of the package. The bundler fills it in. */
declare const VERSION: string;

const HELP = `
Sign-in, the first that applies:
  GRAPH_TOKEN, AZURE_DEVOPS_TOKEN or AZURE_DEVOPS_PAT in the environment
  AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or
    AZURE_CLIENT_CERTIFICATE_PATH, of an application
  --client-id: a code to enter in a browser
  az login, Azure PowerShell, azd, or a managed identity

Exit codes:
  0 done             1 refused by the service  2 wrong arguments or files
  3 interrupted      4 uncertain               5 partly done
  130 stopped by Ctrl-C

Examples:
  graph-large-attachments send --to adele@contoso.com --subject Video video.mp4
  graph-large-attachments attach /me/messages/AAMkAD… report.zip
  graph-large-attachments attach /me/drive/root:/Reports/big.zip: big.zip
  graph-large-attachments azure-devops --organization fabrikam App/299 a.zip
  graph-large-attachments probe --dry-run
  graph-large-attachments emulator --open`;

const TARGETS = `
Paths:
  /me/messages/{id}                  a message
  /me/events/{id}                    an event
  /me/todo/lists/{id}/tasks/{id}     a To Do task
  /me/drive/root                     OneDrive
  /me/drive/root:/Reports:/children  a folder of OneDrive
  /me/drive/root:/Reports/big.zip:   a file of OneDrive, by its new name
  /print/shares/{id}/jobs/{id}/documents/{id}
                                     a print document
  /users/{id}/… in place of /me/…    for another user`;

const FILES = 'files; "-" is standard input, with --name and --size';

/** Defines the commands and their options. `exit` receives the exit code. */
export function createProgram(exit: (code: number) => void, json: boolean): Command {
  const program = new Command("graph-large-attachments")
    .description("Send and attach files of any size through Microsoft Graph and Azure DevOps.")
    .version(VERSION)
    .exitOverride()
    .configureOutput({ outputError: () => {}, ...(json ? { writeErr: () => {} } : {}) })
    .showHelpAfterError(false)
    .addHelpText("after", HELP);

  program
    .command("send")
    .summary("send a mail with files")
    .description("Send a mail with files of any size. A mail cannot be resumed.")
    .argument("<file...>", FILES)
    .requiredOption("-t, --to <addresses>", "recipients, separated by commas; repeatable", append)
    .option("-c, --cc <addresses>", "recipients of a copy", append)
    .option("--bcc <addresses>", "recipients that the others do not see", append)
    .option("-s, --subject <text>", "subject", "")
    .addOption(new Option("-b, --body <text>", "text of the mail").conflicts("bodyFile"))
    .option("--body-file <path>", "file with the text of the mail, in UTF-8")
    .option("--html", "the text is HTML")
    .option("--user <id>", "send as this user, by id or address")
    .action(async (files: string[], options: SendCommandOptions) =>
      exit(await (await import("./send.js")).send(files, options)),
    );

  program
    .command("attach")
    .summary("attach files to an item or drive")
    .description("Attach files to a message, an event or a task, or upload them to a drive or a print document.")
    .argument("<url>", "path of the item, or its full URL")
    .argument("<file...>", FILES)
    .option("-r, --resume", "continue what an earlier run of the same command began")
    .addOption(
      new Option("--conflict <what>", "drives: what to do if a file of this name exists (default: fail)").choices([
        "replace",
        "rename",
        "fail",
      ]),
    )
    .option("--link", "messages, events: attach a OneDrive link to a file that is too large")
    .addHelpText("after", TARGETS)
    .action(async (url: string, files: string[], options: AttachCommandOptions) =>
      exit(await (await import("./attach.js")).attach(url, files, options)),
    );

  program
    .command("azure-devops")
    .summary("attach files to a work item")
    .description("Upload files to Azure DevOps and link them to a work item.")
    .argument("<work-item>", "<project>/<id>, or the URL of the work item")
    .argument("<file...>", FILES)
    .addOption(new Option("-o, --organization <url>", "URL or name").env("AZURE_DEVOPS_ORGANIZATION"))
    .option("-r, --resume", "continue what an earlier run of the same command began")
    .option("--comment <text>", "comment next to the file in the work item")
    .option("--area-path <path>", "area whose readers may read the file before it is linked")
    .action(async (workItem: string, files: string[], options: AzureDevOpsCommandOptions) =>
      exit(await (await import("./azureDevOps.js")).azureDevOps(workItem, files, options)),
    );

  for (const command of program.commands) {
    addUploadOptions(command);
    addSignInOptions(command, command.name() !== "azure-devops");
  }

  addProbe(program, exit);

  program
    .command("sign-out")
    .summary("delete stored sign-ins")
    .description("Delete the sign-ins that --client-id has stored.")
    .option("--json", "print one JSON document")
    .action(async (options: OutputOptions) => exit(await (await import("./signOut.js")).signOut(options)));

  program
    .command("emulator")
    .summary("start a local Graph to try it on")
    .description("Start a strict local Graph and Azure DevOps, and a page that shows what they hold.")
    .option("--open", "open the page in the browser")
    .option("--port <number>", "port of the page; Graph and Azure DevOps get the next two", port, 4400)
    .option("--like <path>", "behave as the tenant in this report of a probe")
    .option("--json", "print the addresses as one JSON document")
    .action(async (options: EmulatorCommandOptions) =>
      exit(await (await import("./emulator/start.js")).startEmulatorCommand(options)),
    );
  return program;
}

function addProbe(program: Command, exit: (code: number) => void): void {
  const command = program
    .command("probe")
    .summary("show how your tenant behaves")
    .description(
      "Run small experiments on items that the probe makes and deletes, and write a report without data of your tenant.",
    )
    .optionsGroup("Probe options:")
    .option("--dry-run", "print every request and send none")
    .option("--only <services>", "outlook, todo, drive, site, print, teams, azureDevOps", append)
    .option("--user <id>", "probe this user, by id or address; applications always need it")
    .option("--send", "also send two mails, to the user and nobody else")
    .option("--site <id>", "SharePoint site: its id, or host:/path:")
    .option("--print-share <id>", "printer share; nothing is printed")
    .addOption(new Option("--devops-org <url>", "URL or name").env("AZURE_DEVOPS_ORGANIZATION"))
    .option("--project <name>", "project of Azure DevOps")
    .optionsGroup("Output options:")
    .option("-o, --output <path>", "file for the report", "probe.json")
    .option("--compare <path>", "an older report; print what has changed")
    .option("-q, --quiet", "print errors only")
    .option("-v, --verbose", "print every request as it is sent")
    .option("--json", "print one JSON document on standard output")
    .optionsGroup("Network options:")
    .option("--ca <path>", "PEM file of a certificate authority to trust too")
    .action(async (options: ProbeCommandOptions) => exit(await (await import("./probe.js")).probeCommand(options)));
  addSignInOptions(command, true);
}

function addUploadOptions(command: Command): void {
  command
    .optionsGroup("File options:")
    .option("-n, --name <name>", "name of the file, if there is only one")
    .option("--content-type <type>", "media type, if the name does not tell it")
    .option("--size <bytes>", "size of standard input", wholeNumber)
    .optionsGroup("Output options:")
    .option("-q, --quiet", "print errors only")
    .option("-v, --verbose", "print every attempt, with request ids")
    .option("--json", "print one JSON document on standard output")
    .optionsGroup("Network options:")
    .option("--retries <count>", "retries of a range in a row without progress", wholeNumber, 5)
    .option("--timeout <seconds>", "time limit for each range", seconds, 300)
    .option("--ca <path>", "PEM file of a certificate authority to trust too");
}

function addSignInOptions(command: Command, graph: boolean): void {
  if (graph) {
    const baseUrl = new Option("--base-url <url>", "Graph of a national cloud, or the emulator");
    command.addOption(baseUrl.env("GRAPH_BASE_URL").default("https://graph.microsoft.com"));
  }
  command
    .optionsGroup("Sign-in options:")
    .addOption(new Option("--client-id <id>", "application to sign in with").env("AZURE_CLIENT_ID"))
    .addOption(new Option("--tenant <id>", "tenant to sign in to").env("AZURE_TENANT_ID"));
}

function append(value: string, before: readonly string[] = []): string[] {
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
  if (number > 65_533) throw new InvalidArgumentError("It must be up to 65533, or 0 for any free ports.");
  return number;
}
