// Weighs what an application takes of the package, minified and gzipped, without the peer: what a page begins with, and
// what its first attachment has it load. Fails beyond the budgets.
import { gzipSync } from "node:zlib";
import { build } from "vite";

/**
 * KiB. A part far below its budget deserves a smaller one. What mail, drives and Azure DevOps do in practice (drafts found
 * again or not synchronized yet, refused ranges, names that are held, other copies of the client) costs some 12 KiB, nearly
 * all of it later. Mail that is sent exactly once, and checkpoints that hold across processes, cost another 5 KiB, throttles
 * and limiters 1, messages in MIME 1, and runtimes without `crypto.subtle` or reasons of aborts 0.5, all of it later. Errors
 * for newcomers and typed wrappers cost 0.5 KiB at the start.
 */
const parts = [
  {
    take: "{ withLargeAttachments }",
    first: 8.3,
    later: 45.1,
    name: "attach and the handler: all of Graph, mail, Teams",
  },
  { take: "{ LargeAttachmentHandler }", first: 5.2, later: 45.2, name: "the handler alone" },
  { take: "{ LargeAttachmentTask }", first: 7, later: 28.5, name: "the task alone" },
  { take: "{ createAzureDevOpsClient }", first: 9.6, later: 49.2, name: "a client for Azure DevOps" },
  {
    take: "{ graphTransport }",
    from: "nodemailer/index.js",
    first: 30, // Node only; three quarters are postal-mime, which reads attachments that are given as raw MIME
    later: 0,
    name: "the transport for nodemailer, which no page loads",
  },
  {
    take: "{ attachToItem, untilShown, outlookLimits }",
    from: "outlook/index.js",
    first: 14.3,
    later: 44.1,
    name: "an Outlook add-in",
  },
  { take: "{ blockSendWhileAttaching }", from: "outlook/index.js", first: 0.6, later: 0, name: "its handler alone" },
  { take: "*", first: 11.4, later: 52.6, name: "everything" },
];

const PEER = "@microsoft/microsoft-graph-client";
let over = false;
for (const { take, from = "index.js", name, ...budget } of parts) {
  const weight = await weigh(take, from);
  const told = ["first", "later"].map((when) => {
    over ||= weight[when] > budget[when];
    const heavy = weight[when] > budget[when] ? " <- too heavy" : "";
    return `${when} ${weight[when].toFixed(2).padStart(5)} KiB of ${budget[when]}${heavy}`;
  });
  console.log(`${told.join(", ")}: ${name}`);
}
if (over) {
  console.error("Beyond the budget: leave something out, or say in scripts/size.mjs why it is worth its weight.");
  process.exitCode = 1;
}

/**
 * KiB of the scripts that an application which exports `what` begins with, and of those that it loads later. Another entry
 * counts without the main one.
 */
async function weigh(what, from) {
  const input = "\0application";
  const application = {
    name: "application",
    resolveId: (id) => (id === input ? id : undefined),
    load: (id) =>
      id === input ? `export ${what} from ${JSON.stringify(`${process.cwd()}/dist/esm/${from}`)};` : undefined,
  };
  const rolldownOptions = {
    input,
    external: from === "index.js" ? [PEER] : [PEER, /^node:/, /dist\/esm\/index\.js$/],
    preserveEntrySignatures: "strict",
  };
  const { output } = await build({
    configFile: false,
    logLevel: "error",
    publicDir: false,
    plugins: [application],
    build: { write: false, target: "es2022", modulePreload: false, rolldownOptions },
  });
  const files = new Map(output.map((file) => [file.fileName, file]));
  const first = new Set();
  const begin = (name) => {
    if (first.has(name) || !files.has(name)) return;
    first.add(name);
    files.get(name).imports.forEach(begin);
  };
  begin(output.find(({ isEntry }) => isEntry).fileName);
  const sum = (names) =>
    names.reduce((bytes, name) => bytes + gzipSync(files.get(name).code, { level: 9 }).length, 0) / 1024;
  return { first: sum([...first]), later: sum([...files.keys()].filter((name) => !first.has(name))) };
}
