// Bundles a program with the example of CONTRIBUTING.md, as if it were part of the source: `node bundleShelf.mjs program
// output page`. A block that is headed by the path of a file becomes that file, or replaces a line of it.
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { build } from "esbuild";

const [program, outfile, page] = process.argv.slice(2);
const [[shelfPath, shelf], [indexPath, line]] = [
  ...readFileSync(page, "utf8").matchAll(/^```ts (\S+)\n([^]*?)^```$/gm),
].map(([, path, text]) => [resolve(path), text]);

const index = readFileSync(indexPath, "utf8");
const [declaration] = line.split("[");
const replaced = index.split("\n").map((old) => (old.startsWith(declaration) ? line.trimEnd() : old));
if (!replaced.includes(line.trimEnd())) throw new Error(`${indexPath} has no line that begins like ${line}`);
const contents = new Map([
  [shelfPath, shelf],
  [indexPath, `import { shelf } from "./shelf.js";\n${replaced.join("\n")}`],
]);

await build({
  entryPoints: [program],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  external: ["@microsoft/microsoft-graph-client"],
  plugins: [
    {
      name: "example",
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /\/shelf\.js$/ }, () => ({ path: shelfPath }));
        onLoad({ filter: /\.ts$/ }, ({ path }) =>
          contents.has(path) ? { contents: contents.get(path), loader: "ts", resolveDir: dirname(path) } : undefined,
        );
      },
    },
  ],
});
