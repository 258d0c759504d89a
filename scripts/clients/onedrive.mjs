// onedrive by abraunegg: synchronizes a folder. Its host names are fixed, and it signs in with a refresh token.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { bytes, fill, hashesIn, hashesInDrive, program, same } from "./files.mjs";
import { needs } from "./packages.mjs";

export const onedrive = {
  name: "onedrive (abraunegg)",
  debian: ["onedrive"],
  missing: () => needs("onedrive"),
  version: async () => /v(\d\S*)/.exec((await program("onedrive", ["--version"])).stdout)[1],
  vary: { driveDeltaPath: "present" },
  cannot: {
    "Synchronize deep folders where `delta` returns no path (`driveDeltaPath`), because it looks for it there.": async (
      bench,
    ) => {
      bench.emulator.vary({ driveDeltaPath: "absent" });
      bench.emulator.drive.addFile("/four/five/six.txt", bytes(1024));
      await bench.sync();
      same(hashesIn(bench.folder), hashesInDrive(bench.emulator));
    },
  },
  prepare: ({ home }) => {
    const [folder, settings] = [join(home, "onedrive", "files"), join(home, "onedrive", "settings")];
    mkdirSync(folder, { recursive: true });
    mkdirSync(settings, { recursive: true });
    writeFileSync(join(settings, "config"), `sync_dir = "${folder}"\n`);
    writeFileSync(join(settings, "refresh_token"), "refresh");
    const options = ["--synchronize", "--verbose", "--confdir", settings];
    // It uses the system's authorities, and wants a home.
    const env = { ...process.env, HOME: join(home, "onedrive") };
    return { folder, options, env, sync: (...more) => program("onedrive", [...options, ...more], { env }) };
  },
  jobs: {
    "uploads files of 25 MB, 1 KB and 0 bytes": async ({ emulator, folder, sync }) => {
      fill(folder, {
        "big.bin": bytes(25_000_000),
        "deep/er/naïve & 100% +1.txt": bytes(1024),
        "empty.txt": Buffer.alloc(0),
      });
      const { stdout } = await sync();
      if (process.env.CLIENTS_DEBUG) console.log(stdout);
      same(hashesInDrive(emulator), hashesIn(folder));
    },
    "resumes an upload after a kill": async ({ emulator, folder, options, env, sync }) => {
      fill(folder, { "resumed.bin": bytes(25_000_000) });
      emulator.fault({ on: { kind: "range", range: 1 }, hang: true });
      const child = spawn("onedrive", options, { env, stdio: "ignore" });
      const end = Date.now() + 60_000;
      while (emulator.unusedFaults().length > 0) {
        if (Date.now() > end || child.exitCode !== null) throw new Error("It sent no second range.");
        await wait(50);
      }
      child.kill("SIGKILL");
      await once(child, "exit");
      const before = emulator.requests.length;
      await sync();
      same(hashesInDrive(emulator), hashesIn(folder));
      const ranges = emulator.requests.slice(before).filter(({ kind }) => kind === "range");
      if (ranges.length === 0 || ranges.some(({ contentRange }) => contentRange.startsWith("bytes 0-"))) {
        throw new Error(`It began again: ${ranges.map(({ contentRange }) => contentRange).join(", ")}`);
      }
    },
    "downloads what is new on the service": async ({ emulator, folder, sync }) => {
      emulator.drive.addFile("/from/service.bin", bytes(3_000_000));
      await sync();
      same(hashesIn(folder), hashesInDrive(emulator));
    },
    "deletes on the service what was deleted here": async ({ emulator, folder, sync }) => {
      rmSync(join(folder, "resumed.bin"));
      await sync();
      same(hashesInDrive(emulator), hashesIn(folder));
    },
    "synchronizes from the start again": async ({ emulator, folder, sync }) => {
      await sync("--resync", "--resync-auth");
      same(hashesInDrive(emulator), hashesIn(folder));
    },
  },
};
