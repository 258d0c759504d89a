import { execFile } from "node:child_process";
import { delimiter, dirname, join, resolve } from "node:path";

export const root = resolve(__dirname, "../..");

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in the project's folder until it ends, on this Node, without the sign-in that the samples look for. */
export function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  const {
    GRAPH_ACCESS_TOKEN: _,
    AZURE_TENANT_ID: __,
    AZURE_CLIENT_ID: ___,
    AZURE_DEVOPS_PAT: ____,
    ...inherited
  } = process.env;
  const PATH = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  return new Promise((done) => {
    const options = { cwd: root, env: { ...inherited, PATH, ...env }, maxBuffer: 100_000_000 };
    const child = execFile(program, args, options, (_error, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

/** Runs a TypeScript file as `npx tsx` does. */
export function runTs(file: string, args: readonly string[] = [], env?: NodeJS.ProcessEnv): Promise<Finished> {
  return run(process.execPath, [join(root, "node_modules/tsx/dist/cli.mjs"), file, ...args], env);
}

export function tsc(...args: string[]): Promise<Finished> {
  return run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), ...args]);
}
