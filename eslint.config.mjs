import { posix } from "node:path";
import prettier from "eslint-config-prettier";
import tseslint from "typescript-eslint";

/**
 * Who may import whom, as ARCHITECTURE.md draws it: each layer only what stands above it. A file of the client side that
 * is in no layer may be imported by none.
 */
const layers = [
  ["signals", "protocol", "files/bytes"],
  ["attach/match"],
  ["http/queue"],
  ["range"],
  ["protocols/graph/path"],
  ["protocols/graph/reply"],
  ["protocols/graph/drivePath", "protocols/graph/session"],
  ["protocols/graph/attachments"],
  ["protocols/azureDevOps", "protocols/drive", "protocols/outlook", "protocols/print", "protocols/todo"],
  ["protocols/index"],
  ["errors", "http/refusal"],
  ["client/lazy", "upload/checkpoints", "options", "http/retry", "http/requestBody", "upload/pace"],
  ["files/open", "files/stream", "files/base64", "files/fingerprint", "upload/rangeReader"],
  ["files/contentBytes"],
  ["upload/attempts"],
  ["http/gate"],
  ["http/traffic"],
  ["http/headers"],
  ["http/transport"],
  ["http/service"],
  ["upload/find"],
  ["upload/session"],
  ["upload/ranges"],
  ["upload/upload"],
  ["protocols/graph/item"],
  ["protocols/compositions", "protocols/sharing"],
  ["protocols/teams"],
  ["fileToAttach"],
  ["client/head"],
  ["attach/discard", "attach/once"],
  ["attach/plan", "attach/post", "attach/deliver", "messages/letter", "attach/link"],
  ["attach/attachFile"],
  ["attach/attachFiles", "attach/progress"],
  ["client/attachedFiles"],
  ["client/recognise"],
  ["attach/overflow"],
  ["messages/chatMessage"],
  ["messages/compose"],
  ["attach/answer"],
  ["attach/intercept", "messages/composing"],
  ["upload/storedSession"],
  ["attach/prepare"],
  ["attach/attachTo"],
  ["client/azureDevOps", "client/graph"],
  ["client/AttachmentHandler"],
  ["client/AzureDevOpsAttachmentHandler", "client/LargeAttachmentHandler"],
  ["client/withLargeAttachments"],
  ["client/azureDevOpsClient", "client/LargeAttachmentTask"],
  ["index"],
];
const all = layers.flat();
const sdk = "@microsoft/microsoft-graph-client";
/** The only modules that may load code of the Graph client, and not just its types. */
const usesTheClient = ["client/azureDevOpsClient", "errors", "http/refusal", "http/transport"];
/** The engine and what it stands on never know which protocol they run. */
const engine = [
  "signals",
  "protocol",
  "range",
  "errors",
  "http/refusal",
  "options",
  "http/retry",
  "files/open",
  "files/stream",
  "files/contentBytes",
  "files/base64",
  "http/requestBody",
  "http/headers",
  "upload/rangeReader",
  "upload/ranges",
  "upload/pace",
  "http/gate",
  "upload/attempts",
  "http/service",
  "upload/find",
  "upload/session",
  "upload/upload",
  "attach/deliver",
  "attach/link",
  "attach/plan",
  "attach/post",
  "http/transport",
  "attach/intercept",
];

/** How `from` would write the import of `to`, as a pattern. */
function specifier(from, to) {
  const path = posix.relative(posix.dirname(from), to);
  const written = path.startsWith(".") ? path : `./${path}`;
  return `^${written.replaceAll(".", "\\.")}\\.js$`;
}

function boundaries(file) {
  const level = layers.findIndex((layer) => layer.includes(file));
  const above = layers.slice(level + 1).flat();
  const forbidden = engine.includes(file)
    ? [...above, ...all.filter((other) => other.startsWith("protocols/"))]
    : above;
  const names = forbidden.map((other) => specifier(file, other));
  return {
    files: [`src/${file}.ts`],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            ...(names.length > 0
              ? [{ regex: names.join("|"), message: `src/${file} stands below it: see ARCHITECTURE.md.` }]
              : []),
            { regex: "emulator", message: "The client side and the emulator share nothing, mistakes least of all." },
            {
              regex: "^(node:|fs$|path$|crypto$|stream$|buffer$|http|https$)",
              message: "The client side runs in browsers.",
            },
            { regex: `^(?!\\.|${sdk}$)`, message: "The client side has no dependency but its peer." },
            ...(usesTheClient.includes(file)
              ? []
              : [{ regex: `^${sdk}$`, allowTypeImports: true, message: "Types only: see ARCHITECTURE.md." }]),
          ],
        },
      ],
    },
  };
}

/** The command line stands on what users may import, in whatever folder of it a file is. */
const commandLine = [
  ["*.ts", "^\\.\\./(?!(index|node/index)\\.js$)"],
  ["emulator/*.ts", "^\\.\\./\\.\\./"],
  ["emulator/page/*.ts", "^(\\.\\./){3}"],
].map(([files, regex]) => ({
  files: [`src/cli/${files}`],
  rules: {
    "@typescript-eslint/no-restricted-imports": [
      "error",
      { patterns: [{ regex, message: "Only ../index.js, ../node/index.js and graph-large-attachments/emulator." }] },
    ],
  },
}));

export default tseslint.config(
  { ignores: ["dist/", "temp/", "coverage/", "node_modules/"] },
  ...tseslint.configs.recommended,
  prettier,
  {
    rules: {
      "@typescript-eslint/no-unused-vars": ["error", { varsIgnorePattern: "^_", argsIgnorePattern: "^_" }],
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  {
    files: ["src/**/*.ts"],
    ignores: ["src/emulator/**", "src/cli/**"],
    rules: {
      "no-restricted-globals": [
        "error",
        ...["Buffer", "process", "global", "require", "setImmediate", "__dirname"].map((name) => ({
          name,
          message: "The client side runs in browsers.",
        })),
      ],
    },
  },
  ...all.map((file) => boundaries(file)),
  ...["src/emulator/*.ts", "src/emulator/*/*.ts"].map((files, depth) => ({
    files: [files],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            { regex: `^(\\.\\./){${depth + 1}}`, message: "The emulator imports nothing of the client side." },
            { regex: "^@microsoft/", message: "The emulator knows the wire, not the client." },
          ],
        },
      ],
    },
  })),
  ...commandLine,
  {
    files: ["samples/**", "scripts/**", "__tests__/crash/program.ts", "__tests__/simulation/main.ts"],
    rules: { "no-console": "off" },
  },
  {
    files: ["*.js"],
    languageOptions: { sourceType: "commonjs" },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
