// Weighs what an application takes of the package, minified and gzipped, without the peer: what a page begins with, and
// what it loads later. Fails beyond the budgets.
import { gzipSync } from "node:zlib";
import { build } from "vite";

/**
 * KiB: `first` is what a page begins with, `next` what its first file to a message, an event or a task loads, and `rest` what
 * whole messages with files, and files for drives, print documents and Teams, load when they are first needed. A part far below
 * its budget deserves a smaller one. Bounded memory for many uploads at the same time costs 0.9 KiB, sessions of mail that open
 * early 1, and base64 that is made while it is sent, for half the memory of many small files, 0.4,
 * and one attachment from many processes whose store is slow, 0.4.
 */
const parts = [
  { take: "{ withLargeAttachments }", first: 5, next: 38.4, rest: 19, name: "attach and the handler" },
  { take: "{ LargeAttachmentHandler }", first: 4.3, next: 38.2, rest: 19, name: "the handler alone" },
  { take: "{ LargeAttachmentTask }", first: 3.3, next: 33.8, rest: 0, name: "the task alone" },
  { take: "{ createAzureDevOpsClient }", first: 6, next: 41.3, rest: 19, name: "a client for Azure DevOps" },
  {
    take: "{ graphTransport }",
    from: "nodemailer/index.js",
    first: 30, // Node only; three quarters are postal-mime, which reads attachments that are given as raw MIME
    next: 0,
    rest: 0,
    name: "the transport for nodemailer, which no page loads",
  },
  {
    take: "{ attachToItem, untilShown, outlookLimits }",
    from: "outlook/index.js",
    first: 14.1,
    next: 34.6,
    rest: 19,
    name: "an Outlook add-in",
  },
  {
    take: "{ blockSendWhileAttaching }",
    from: "outlook/index.js",
    first: 0.6,
    next: 0,
    rest: 0,
    name: "the handler of an Outlook add-in alone",
  },
  { take: "*", first: 7.9, next: 48.5, rest: 14.3, name: "everything" },
];

/** Instead of Vite's own loader of scripts, of which an application has one in any case. */
const LOADER = "export const __vitePreload = (load) => load();";
const PEER = "@microsoft/microsoft-graph-client";
let over = false;
for (const { take, from = "index.js", name, ...budget } of parts) {
  const weight = await weigh(take, from);
  const weights = ["first", "next", "rest"].map((when) => {
    over ||= weight[when] > budget[when];
    const heavy = weight[when] > budget[when] ? " <- too heavy" : "";
    return `${when} ${weight[when].toFixed(2).padStart(5)} KiB of ${budget[when]}${heavy}`;
  });
  console.log(`${weights.join(", ")}: ${name}`);
}
if (over) {
  console.error("Beyond the budget: leave something out, or say in scripts/size.mjs why it is worth its weight.");
  process.exitCode = 1;
}

/** KiB of the scripts of an application which exports `what`. Another entry counts without the main one. */
async function weigh(what, from) {
  const input = "\0application";
  const application = {
    name: "application",
    resolveId: (id) => (id === input ? id : undefined),
    enforce: "pre",
    load: (id) =>
      id.endsWith("vite/preload-helper.js")
        ? LOADER
        : id === input
          ? `export ${what} from ${JSON.stringify(`${process.cwd()}/dist/esm/${from}`)};`
          : undefined,
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
  const loaded = new Set();
  /** Loads scripts with all that they import. Returns the KiB, and the scripts that they load later. */
  const load = (names) => {
    const later = [];
    let bytes = 0;
    const loadOne = (name) => {
      if (loaded.has(name) || !files.has(name)) return;
      loaded.add(name);
      const { code, imports, dynamicImports } = files.get(name);
      bytes += gzipSync(code, { level: 9 }).length;
      later.push(...dynamicImports);
      imports.forEach(loadOne);
    };
    names.forEach(loadOne);
    return { size: bytes / 1024, later };
  };
  const first = load([output.find(({ isEntry }) => isEntry).fileName]);
  const next = load(first.later);
  const rest = load([...files.keys()]);
  return { first: first.size, next: next.size, rest: rest.size };
}
