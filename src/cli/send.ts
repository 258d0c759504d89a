import { readFile } from "node:fs/promises";
import type { Client } from "@microsoft/microsoft-graph-client";
import { jobCheckpoints, type FileToAttach } from "../index.js";
import { openState, showAttempt, type ResumableOptions } from "./attachFiles.js";
import { runCommand, type Run } from "./command.js";
import { commandLine, resumeCommand } from "./commandLine.js";
import { usageError } from "./failure.js";
import { openFiles, type InputFile } from "./files.js";
import { placeholder, runToFirstRequest } from "./firstRequest.js";
import { formatBytes } from "./format.js";
import { connectToGraph, graphClient, type GraphOptions } from "./graph.js";
import { showProgress } from "./progress.js";
import { parseRecipients } from "./recipients.js";

export interface SendCommandOptions extends GraphOptions, ResumableOptions {
  readonly to: readonly string[];
  readonly cc?: readonly string[];
  readonly bcc?: readonly string[];
  readonly subject: string;
  readonly body?: string;
  readonly bodyFile?: string;
  readonly html?: boolean;
  readonly user?: string;
}

/** A mail of more bytes never fits into one request, so it is a draft until all its files are uploaded. */
const ONE_REQUEST = 4_194_304;

/** A mail, and the path that sends it. */
interface Mail {
  readonly path: string;
  readonly message: object;
  readonly files: readonly InputFile[];
  /** The state that `--resume` needs, until the mail is sent. */
  readonly checkpoints?: ReturnType<typeof jobCheckpoints>;
}

/** `send <file…>` */
export function send(paths: readonly string[], options: SendCommandOptions): Promise<number> {
  return runCommand(options, async (run) => {
    const { output, situation } = run;
    const { to, cc = [], bcc = [], subject, user } = options;
    const files = await openFiles(paths, options);
    const path = user === undefined ? "/me/sendMail" : `/users/${encodeURIComponent(user)}/sendMail`;
    const checkpoints = options.resume ? await checkpointsFor(path, files, options, run) : undefined;
    const mail: Mail = { path, message: await messageFor(options), files, checkpoints };
    situation.check = "Check Sent Items before you send the mail again.";
    await checkMail(mail, options, run);
    await sendMail(await connectToGraph(options, run), mail, run, options);
    const recipients = [...to, ...cc, ...bcc];
    const names = files.map(({ name, size }) => `${name} (${formatBytes(size)})`);
    output.line(`Sent "${subject}" to ${recipients.join(", ")}, with ${names.join(", ")}`);
    const sent = { subject, recipients, files: files.map(({ name, size }) => ({ name, size })) };
    output.document({ ok: true, sent });
    await checkpoints?.forget(); // The same command sends another mail then.
  });
}

/** With `--resume`, every run of the same command works on one draft, which is sent once. */
async function checkpointsFor(
  path: string,
  files: readonly InputFile[],
  options: SendCommandOptions,
  run: Run,
): Promise<ReturnType<typeof jobCheckpoints> | undefined> {
  if (files.some(({ identity }) => identity === undefined))
    throw usageError("Standard input can be read only once, so it cannot be resumed.", "Leave out --resume.");
  const state = await openState(path, options, run.output);
  run.situation.resume = resumeCommand();
  return state && jobCheckpoints(state.checkpoints, `send ${options.baseUrl} ${path}`);
}

async function messageFor({ to, cc, bcc, subject, body, bodyFile, html }: SendCommandOptions): Promise<object> {
  const content = bodyFile === undefined ? (body ?? "") : await readBody(bodyFile);
  return {
    subject,
    body: { contentType: html ? "HTML" : "Text", content },
    toRecipients: parseRecipients(to),
    ccRecipients: parseRecipients(cc ?? []),
    bccRecipients: parseRecipients(bcc ?? []),
  };
}

async function readBody(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw usageError(`${path} cannot be read (${error.code}).`, "Check the path after --body-file.");
  });
}

/** Checks each file by the rules of the library, before the first request. */
async function checkMail({ path, message, files }: Mail, { baseUrl }: SendCommandOptions, run: Run): Promise<void> {
  for (const file of files) {
    const upload = commandLine("attach", "/me/drive/root", file.path);
    const tooLarge = `Upload the file to OneDrive and send a link to it: ${upload}`;
    Object.assign(run.situation, { file: file.name, tooLarge });
    await runToFirstRequest((getToken, signal) =>
      graphClient(baseUrl, getToken)
        .api(path)
        .withAttachments([fileToAttach(file, placeholder(file))], { threshold: 0, retries: 0, signal })
        .post({ message, saveToSentItems: true }),
    );
  }
  run.situation.file = files.map(({ name }) => name).join(", ");
}

function fileToAttach({ name, size, contentType }: InputFile, source: InputFile["source"]): FileToAttach {
  return { file: source, name, size, contentType };
}

async function sendMail(
  client: Client,
  { path, message, files, checkpoints }: Mail,
  run: Run,
  { retries, timeout }: SendCommandOptions,
): Promise<void> {
  const { output } = run;
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const label = files.length === 1 ? files[0]!.name : `${files.length} files`;
  const progress = showProgress(output, label, total);
  const stop = stopBeforeSending(run, total);
  run.stopped = checkpoints
    ? { message: "Stopped. Nothing was sent.", hint: `Continue with: ${resumeCommand()}` }
    : {
        message: "Stopped. Nothing was sent, and the draft is deleted.",
        hint: "Send it again. With --resume, a mail continues where it stopped.",
      };
  try {
    await client
      .api(path)
      .withAttachments(
        files.map((file) => fileToAttach(file, file.source)),
        {
          checkpoints,
          retries,
          timeout: timeout * 1000,
          signal: stop.signal,
          onProgress: ({ loaded }) => {
            stop.loaded(loaded);
            progress.show(loaded);
          },
          onAttempt: (attempt) => showAttempt(output, progress, label, attempt),
        },
      )
      .post({ message, saveToSentItems: true });
  } finally {
    progress.stop();
  }
}

/** Stops while the mail is a draft. During the request that sends it, a stop could not tell whether it was sent. */
function stopBeforeSending({ stop, output }: Run, total: number): { signal: AbortSignal; loaded(bytes: number): void } {
  const controller = new AbortController();
  let sending = total <= ONE_REQUEST;
  const onStop = () => {
    if (sending) output.info("The mail is being sent. Please wait.");
    else controller.abort(stop.signal.reason);
  };
  if (stop.requested) onStop();
  else stop.signal.addEventListener("abort", onStop, { once: true });
  return { signal: controller.signal, loaded: (bytes) => (sending ||= bytes >= total) };
}
