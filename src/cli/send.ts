import { readFile } from "node:fs/promises";
import { tellOfAttempt } from "./attachFiles.js";
import { runCommand, type Run } from "./command.js";
import { misused } from "./failure.js";
import { openFiles, type OpenedFile } from "./files.js";
import { connectToGraph, type GraphConnection, type GraphOptions } from "./graph.js";
import { showProgress } from "./progress.js";
import { bytes } from "./words.js";

export interface SendCommandOptions extends GraphOptions {
  readonly to: readonly string[];
  readonly cc?: readonly string[];
  readonly bcc?: readonly string[];
  readonly subject: string;
  readonly body?: string;
  readonly bodyFile?: string;
  readonly html?: boolean;
  readonly user?: string;
}

/** What certainly does not fit into one request, so that the mail is a draft until all its files are there. Bytes. */
const ONE_REQUEST = 4_194_304;

/** `send <file…>` */
export function send(paths: readonly string[], options: SendCommandOptions): Promise<number> {
  return runCommand(options, async (run) => {
    const files = await openFiles(paths, options);
    const message = await messageOf(options);
    const connection = await connectToGraph(options, run);
    await sendMail(connection, message, files, run, options);
    const to = [...options.to, ...(options.cc ?? []), ...(options.bcc ?? [])];
    const named = files.map(({ name, size }) => `${name} (${bytes(size)})`);
    const sent = { subject: options.subject, recipients: to, files: files.map(({ name, size }) => ({ name, size })) };
    run.output.result({ sent }, [`Sent "${options.subject}" to ${to.join(", ")}, with ${named.join(", ")}`]);
  });
}

async function messageOf({
  to,
  cc = [],
  bcc = [],
  subject,
  body,
  bodyFile,
  html,
}: SendCommandOptions): Promise<object> {
  const content = bodyFile === undefined ? (body ?? "") : await readBody(bodyFile);
  return {
    subject,
    body: { contentType: html ? "HTML" : "Text", content },
    toRecipients: to.map(recipient),
    ccRecipients: cc.map(recipient),
    bccRecipients: bcc.map(recipient),
  };
}

async function readBody(path: string): Promise<string> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw misused(
      `The text of the mail cannot be read from ${path} (${error.code}).`,
      "Check the path after --body-file.",
    );
  });
}

/** `adele@contoso.com`, or `Adele Vance <adele@contoso.com>`. */
function recipient(given: string): object {
  const [, name, address = given] = /^\s*(.*?)\s*<([^<>]+)>\s*$/.exec(given) ?? [];
  if (!/^[^\s@,;]+@[^\s@,;]+$/.test(address))
    throw misused(`${given} is no mail address.`, "Give one address with each --to, --cc and --bcc.");
  return { emailAddress: { address, ...(name ? { name } : {}) } };
}

async function sendMail(
  { client }: GraphConnection,
  message: object,
  files: readonly OpenedFile[],
  run: Run,
  { user, retries, timeout }: SendCommandOptions,
): Promise<void> {
  const { output } = run;
  const path = user === undefined ? "/me/sendMail" : `/users/${encodeURIComponent(user)}/sendMail`;
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const label = files.length === 1 ? files[0]!.name : `${files.length} files`;
  const progress = showProgress(output, label, total);
  const stop = stopUntilSending(run, total);
  run.stopped = {
    message: "Stopped. Nothing was sent, and no draft is left.",
    hint: "It cannot be resumed: send it again.",
  };
  try {
    await client
      .api(path)
      .withAttachments(
        files.map(({ source, name, size, contentType }) => ({ file: source, name, size, contentType })),
        {
          ...{ retries, timeout: timeout * 1000, signal: stop.signal },
          onProgress: ({ loaded }) => {
            stop.loaded(loaded);
            progress.show(loaded);
          },
          onAttempt: (attempt) => tellOfAttempt(output, progress, label, attempt),
        },
      )
      .post({ message, saveToSentItems: true });
  } finally {
    progress.stop();
  }
}

/** Stops while the mail is a draft. Afterwards a stop would leave it open whether it was sent, so it waits a moment. */
function stopUntilSending({ stop, output }: Run, total: number): { signal: AbortSignal; loaded(bytes: number): void } {
  const controller = new AbortController();
  let sending = total <= ONE_REQUEST;
  const asked = () => {
    if (sending) output.note("The mail is being sent already: one moment.");
    else controller.abort(stop.signal.reason);
  };
  if (stop.requested) asked();
  else stop.signal.addEventListener("abort", asked, { once: true });
  return { signal: controller.signal, loaded: (bytes) => (sending ||= bytes >= total) };
}
