import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { some } from "../support/cases";
import { pack } from "./pack";
import { root, run, tsc } from "./run";

const consumers = join(root, "__tests__/package/consumers");
let folder: string;
let tarball: string;
let unpacked: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "package-")));
  tarball = await pack(folder);
  await run("tar", ["-xzf", tarball, "-C", folder]);
  unpacked = join(folder, "package");
});

afterAll(() => rm(folder, { recursive: true }));

const read = (path: string) => readFile(join(unpacked, path), "utf8");
const bin = (path: string, ...args: string[]) => run(process.execPath, [join(root, "node_modules", path), ...args]);

/**
 * A project that has the package installed. It is unpacked by hand and the peer is linked, as npm would need the network
 * for the same result: the package has no dependencies of its own.
 */
async function project(name: string, settings: object, ...links: string[]): Promise<string> {
  const home = join(folder, name);
  await cp(unpacked, join(home, "node_modules/graph-large-attachments"), { recursive: true });
  await link(home, "@microsoft/microsoft-graph-client", ...links);
  await writeFile(join(home, "package.json"), JSON.stringify({ name, private: true, ...settings }));
  return home;
}

async function link(home: string, ...names: string[]): Promise<void> {
  for (const name of names) {
    const path = join("node_modules", name);
    await mkdir(dirname(join(home, path)), { recursive: true });
    await symlink(await realpath(join(root, path)), join(home, path));
  }
}

const attached = { code: 0, stdout: "session 5000000 true\n", stderr: "" };

describe("the tarball", () => {
  test("is what publint finds well made, so that every tool finds its way in it", async () => {
    const { code, stdout } = await bin("publint/src/cli.js", tarball, "--strict");
    expect(stdout).toContain("All good!");
    expect(code).toBe(0);
  });

  test("has types that say what is there, to every kind of resolution", async () => {
    expect((await bin("@arethetypeswrong/cli/dist/index.js", tarball)).code).toBe(0);
  });

  test("brings nothing along: no dependency but the peer", async () => {
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = JSON.parse(
      await read("package.json"),
    );
    expect({ dependencies, optionalDependencies }).toEqual({});
    expect(peerDependencies).toEqual({ "@microsoft/microsoft-graph-client": "^3.0.2", nodemailer: ">=7" });
    expect(peerDependenciesMeta).toEqual({ nodemailer: { optional: true } });
  });

  test("holds the build, what people read, and the licences of all that is bundled, and nothing else", async () => {
    expect((await readdir(unpacked)).sort()).toEqual([
      "API.md",
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "SECURITY.md",
      "dist",
      "docs",
      "package.json",
    ]);
    const notices = await read("dist/THIRD-PARTY-NOTICES.txt");
    for (const name of ["commander", "cli-progress", "mime"]) {
      expect(notices).toMatch(new RegExp(`^${name} \\d`, "m"));
    }
  });

  test("has a client side that needs no Node and loads nothing but the peer, so that it runs in browsers", async () => {
    const { include } = JSON.parse(await readFile(join(root, "tsconfig.node.json"), "utf8"));
    const forNode: string[] = include.map((path: string) => `${path.replace("src/", "")}/`);
    for (const format of ["esm", "cjs"]) {
      const files = await readdir(join(unpacked, "dist", format), { recursive: true });
      const client = files.filter((file) => file.endsWith(".js") && !forNode.some((entry) => file.startsWith(entry)));
      expect(client).toContain("index.js");
      for (const file of client) {
        const code = (await read(join("dist", format, file))).replaceAll(/\/\*\*.*?\*\//gs, ""); // examples import it
        const loaded = [...code.matchAll(/(?:\bfrom |\bimport ?\(?|\brequire\()"([^".][^"]*)"/g)].map(
          ([, name]) => name,
        );
        expect({ file, loaded: loaded.filter((name) => name !== "@microsoft/microsoft-graph-client") }).toEqual({
          file,
          loaded: [],
        });
        expect({ file, node: code.includes("node:") }).toEqual({ file, node: false });
      }
    }
  });
});

describe("installed", () => {
  test("its command runs, and needs neither the peer nor anything else", async () => {
    const home = join(folder, "command/node_modules/graph-large-attachments");
    await cp(unpacked, home, { recursive: true });
    const { bin: names, version } = JSON.parse(await read("package.json"));
    const command = join(home, names["graph-large-attachments"]);
    expect(await run(command, ["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
    const env = { GRAPH_TOKEN: "a", GRAPH_BASE_URL: "https://no-such-host.invalid" };
    expect(await run(command, ["attach", "/me/messages/1", command], env)).toMatchObject({ code: 3 });
  });

  test("it attaches from an ES module", async () => {
    const home = await project("esm", { type: "module" });
    await cp(join(consumers, "attach.mjs"), join(home, "attach.mjs"));
    expect(await run(process.execPath, [join(home, "attach.mjs")])).toEqual(attached);
  });

  // each file costs a new process about half a millisecond, and functions in a cloud start often
  test("Node loads it in few files, and all entries share them", async () => {
    const home = await project("few", { type: "module" });
    await writeFile(
      join(home, "few.mjs"),
      `import { register } from "node:module";
       const hooks = "export async function load(url, context, next) { console.log(url); return next(url, context); }";
       register("data:text/javascript," + encodeURIComponent(hooks));
       const { UploadError } = await import("graph-large-attachments");
       await import("graph-large-attachments/outlook");
       const { rangeFetch } = await import("graph-large-attachments/node");
       try { rangeFetch({ nothing: true }); } catch (error) { console.log(error instanceof UploadError); }`,
    );
    const { stdout } = await run(process.execPath, [join(home, "few.mjs")]);
    const lines = stdout.trimEnd().split("\n");
    const own = lines.filter((line) => line.includes("/graph-large-attachments/"));
    expect(lines.at(-1)).toBe("true");
    expect(own.filter((url) => !url.includes("/graph-large-attachments/dist/node/"))).toEqual([]);
    expect(own.length).toBeLessThanOrEqual(12);
  });

  test("it attaches from CommonJS", async () => {
    const home = await project("cjs", {});
    await cp(join(consumers, "attach.cjs"), join(home, "attach.cjs"));
    expect(await run(process.execPath, [join(home, "attach.cjs")])).toEqual(attached);
  });

  test("both formats loaded into one process share a client, as a bundle and a test of it may", async () => {
    const home = await project("both", { type: "module" });
    await writeFile(
      join(home, "both.mjs"),
      `import { createRequire } from "node:module";
       import { UploadError, withLargeAttachments } from "graph-large-attachments";
       import { Client } from "@microsoft/microsoft-graph-client";
       const other = createRequire(import.meta.url)("graph-large-attachments");
       const client = Client.init({ authProvider: (done) => done(null, "") });
       const request = other.withLargeAttachments(withLargeAttachments(client)).api("/me/messages/1");
       const error = await request.attach("a string").catch((error) => error);
       console.log(error.name, error.code);`,
    );
    expect(await run(process.execPath, [join(home, "both.mjs")])).toEqual({
      code: 0,
      stdout: "UploadError invalid\n",
      stderr: "",
    });
  });

  const esm = { type: "module" };
  const resolutions: readonly (readonly [string, object, Record<string, string>])[] = [
    ["nodenext, as an ES module", esm, { module: "nodenext" }],
    ["nodenext, as CommonJS", {}, { module: "nodenext" }],
    ["bundler", esm, { module: "esnext", moduleResolution: "bundler" }],
    ["node10, as older projects have it", {}, { module: "commonjs", moduleResolution: "node10" }],
  ];
  // the other two find the declarations of these two, as the test of attw shows
  const telling = some(resolutions, ([name]) => /^nodenext, as an ES module|^node10/.test(name));
  describe.each(telling)("TypeScript with the resolution %s", (name, settings, resolution) => {
    let home: string;
    const compile = async (file: string, more: object) => {
      const skipLibCheck = name === "bundler"; // which finds the same declarations as an ES module
      const compilerOptions = {
        strict: true,
        target: "es2022",
        skipLibCheck,
        skipDefaultLibCheck: true,
        ...resolution,
        ...more,
      };
      await writeFile(join(home, "tsconfig.json"), JSON.stringify({ files: [file], compilerOptions }));
      return (await tsc("-p", home)).stdout;
    };
    beforeAll(async () => {
      home = await project(name, settings, "@microsoft/microsoft-graph-types", "graph-client-lowest");
      for (const file of ["types/surface.ts", "package/consumers/attach.ts"]) {
        await cp(join(root, "__tests__", file), join(home, basename(file)));
      }
    });

    test("knows the whole surface, with every declaration checked and none of Node's", async () => {
      expect(await compile("surface.ts", { types: [], lib: ["es2022", "dom"], noEmit: true })).toBe("");
    });

    if (resolution["module"] !== "nodenext") return; // node10 cannot see the emulator; bundler finds the same files
    test("compiles a program with the emulator, which runs", async () => {
      await link(home, "@types/node", "undici-types");
      expect(await compile("attach.ts", { types: ["node"], lib: ["es2022", "dom"] })).toBe("");
      expect(await run(process.execPath, [join(home, "attach.js")])).toEqual(attached);
    });
  });
});
