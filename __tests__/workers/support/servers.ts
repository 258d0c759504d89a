/** Redis and PostgreSQL as they are installed, each on a free port and in a folder of its own. */
import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chownSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Server {
  readonly port: number;
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilPrinted(child: ChildProcess, words: RegExp): Promise<void> {
  let said = "";
  await new Promise<void>((resolve, reject) => {
    const hear = (data: Buffer) => words.test((said += data)) && resolve();
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.on("error", reject);
    child.on("exit", () => reject(new Error(`It has ended: ${said}`)));
  });
}

async function ended(child: ChildProcess, folder: string): Promise<void> {
  const exit = new Promise((resolve) => child.on("exit", resolve));
  child.kill("SIGINT");
  await exit;
  rmSync(folder, { recursive: true, force: true });
}

export async function startRedis(): Promise<Server> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "redis-"));
  const child = spawn("redis-server", ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]);
  await untilPrinted(child, /Ready to accept connections/);
  return { port, stop: () => ended(child, folder) };
}

/** PostgreSQL refuses to run as root, and then runs as its own user. */
export async function startPostgres(): Promise<Server> {
  const versions = "/usr/lib/postgresql";
  const bin = join(versions, readdirSync(versions).sort().pop()!, "bin");
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "postgres-"));
  let user: { uid?: number; gid?: number } = {};
  if (process.getuid?.() === 0) {
    const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
    user = { uid: id("-u"), gid: id("-g") };
    chownSync(folder, user.uid!, user.gid!);
  }
  const made = spawnSync(
    join(bin, "initdb"),
    ["-D", join(folder, "data"), "-U", "postgres", "-A", "trust", "--no-sync"],
    {
      ...user,
      cwd: folder,
      encoding: "utf8",
    },
  );
  if (made.status !== 0) throw new Error(made.stderr);
  const settings = ["-p", String(port), "-k", folder, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"];
  const child = spawn(join(bin, "postgres"), ["-D", join(folder, "data"), ...settings], { ...user, cwd: folder });
  await untilPrinted(child, /ready to accept connections/);
  return { port, stop: () => ended(child, folder) };
}
