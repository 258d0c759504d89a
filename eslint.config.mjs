import prettier from "eslint-config-prettier";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";
import { nodeEntries } from "./scripts/entries.cjs";

const sdk = "@microsoft/microsoft-graph-client";

/**
 * The client side from the top: a folder imports itself and what stands below it. Folders of one line are strangers. What
 * stands in src itself, but for index.ts, is the vocabulary that all of them use.
 */
const layers = [
  ["outlook"], //
  ["client"],
  ["messages"],
  ["attach"],
  ["upload"],
  ["http", "protocols", "files"],
];
/** Entries that share nothing with the rest, so that they cannot share a mistake. */
const standalone = ["emulator", "probe"];
/** The upload engine never knows which service it talks to. */
const strangers = { upload: ["protocols"] };
/** A page begins with `client`, which loads the rest with the first attachment, in these files. */
const loadedLater = ["messages", "attach", "upload", "protocols"];
const lazyParts = ["graph.ts", "places.ts", "azureDevOps.ts", "task.ts"];
/** The files that may load code of the Graph client, and not just its types. */
const usesTheClient = ["client/azureDevOpsClient", "errors", "http/refusal", "http/ownContext", "http/graphClient"];

/** What a folder must not import: what stands above or beside it, the other entry points, and what it must not know. */
function zoneOf(folder, level) {
  const forbidden = layers.filter((_, other) => other <= level).flat();
  const from = [...forbidden, ...(strangers[folder] ?? []), "cli", ...nodeEntries].filter((one) => one !== folder);
  const message = `src/${folder} imports itself and what stands below it: see ARCHITECTURE.md.`;
  return { target: `./src/${folder}`, from: [...from.map((one) => `./src/${one}`), "./src/index.ts"], message };
}

const vocabulary = "./src/*.ts";
const zones = [
  ...layers.flatMap((folders, level) => folders.map((folder) => zoneOf(folder, level))),
  ...["cli", ...nodeEntries.filter((name) => !standalone.includes(name))].map((folder) => ({
    target: `./src/${folder}`,
    from: "./src",
    except: [`./${folder}`, "./index.ts", "./node/index.ts"],
    message: "The command line and the entries for Node import what users may import.",
  })),
  ...standalone.map((folder) => ({
    target: `./src/${folder}`,
    from: "./src",
    except: [`./${folder}`],
    message: `The ${folder} shares nothing with the rest, mistakes least of all.`,
  })),
];

const browsers = "The client side runs in browsers.";
const clientSide = ["src/*.ts", ...layers.flat().map((folder) => `src/${folder}/**/*.ts`)];
const clientImports = (patterns) => ({
  "@typescript-eslint/no-restricted-imports": [
    "error",
    {
      patterns: [
        { regex: "^(node:|fs$|path$|crypto$|stream$|buffer$|http|https$)", message: browsers },
        { regex: `^(?!\\.|${sdk}$)`, message: "The client side has no dependency but its peer." },
        ...patterns,
      ],
    },
  ],
});
const typesOfTheClient = { regex: `^${sdk}$`, allowTypeImports: true, message: "Types only: see ARCHITECTURE.md." };

export default tseslint.config(
  { ignores: ["dist/", "temp/", "coverage/", "node_modules/"] },
  ...tseslint.configs.recommended,
  prettier,
  {
    rules: {
      "@typescript-eslint/no-unused-vars": [
        "error",
        { varsIgnorePattern: "^_", argsIgnorePattern: "^_", caughtErrorsIgnorePattern: "^_" },
      ],
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  {
    files: ["src/**/*.ts"],
    plugins: { "import-x": importX },
    settings: {
      "import-x/extensions": [".ts"],
      "import-x/parsers": { "@typescript-eslint/parser": [".ts"] },
      "import-x/resolver-next": [createNodeResolver({ extensionAlias: { ".js": [".ts", ".js"] } })],
    },
    rules: {
      "import-x/no-cycle": "error",
      "import-x/no-restricted-paths": ["error", { zones }],
    },
  },
  {
    files: ["src/*.ts"],
    ignores: ["src/index.ts"],
    rules: {
      "import-x/no-restricted-paths": [
        "error",
        {
          zones: [
            {
              target: vocabulary,
              from: ["./src/{index.ts,*/**/*}"],
              message: "The vocabulary imports only itself.",
            },
          ],
        },
      ],
    },
  },
  {
    files: clientSide,
    ignores: ["src/http/graphClient.ts"],
    rules: {
      // http/graphClient.ts alone knows private members, which only a cast reaches
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
      "@typescript-eslint/no-non-null-assertion": "error",
    },
  },
  {
    files: clientSide,
    rules: {
      ...clientImports([typesOfTheClient]),
      "no-restricted-globals": [
        "error",
        ...["Buffer", "process", "global", "require", "setImmediate", "__dirname"].map((name) => ({
          name,
          message: browsers,
        })),
      ],
    },
  },
  { files: usesTheClient.map((file) => `src/${file}.ts`), rules: clientImports([]) },
  {
    files: ["src/client/*.ts"],
    ignores: lazyParts.map((file) => `src/client/${file}`),
    rules: clientImports([
      typesOfTheClient,
      {
        regex: `^\\.\\./(${loadedLater.join("|")})/`,
        allowTypeImports: true,
        message: "A page begins with this: load it with `lazy`.",
      },
    ]),
  },
  {
    files: ["src/client/azureDevOpsClient.ts"],
    rules: clientImports([{ regex: `^\\.\\./(${loadedLater.join("|")})/`, message: "Load it with `lazy`." }]),
  },
  {
    files: ["samples/**", "scripts/**", "__tests__/crash/program.ts", "__tests__/simulation/main.ts"],
    rules: { "no-console": "off" },
  },
  {
    files: ["*.js", "scripts/*.cjs"],
    languageOptions: { sourceType: "commonjs" },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
