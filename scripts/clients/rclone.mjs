// rclone: copies, checks, moves and deletes. Its host names are fixed.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytes, fill, hashesIn, hashesInDrive, program, same } from "./files.mjs";
import { needs } from "./packages.mjs";

const odd = "naïve & 100% #1.zip";

export const rclone = {
  name: "rclone",
  debian: ["rclone"],
  missing: () => needs("rclone"),
  version: async () => /v(\S+)/.exec((await program("rclone", ["version"])).stdout)[1],
  // This version sends its token to upload URLs as well, and replaces a file without saying so.
  vary: { driveAuthorization: "ignore", driveSessionDefault: "replace" },
  cannot: [
    "Upload where upload URLs refuse a token (`driveAuthorization`), because it sends one.",
    "Replace a file where a session has to ask for it (`driveSessionDefault`), because it does not ask.",
  ],
  prepare: ({ emulator, authority, home }) => {
    const folder = join(home, "rclone");
    mkdirSync(folder, { recursive: true });
    const token = {
      access_token: emulator.token,
      token_type: "Bearer",
      refresh_token: "r",
      expiry: "2099-01-01T00:00:00Z",
    };
    const config = { type: "onedrive", region: "global", drive_id: emulator.drive.id, drive_type: "business" };
    const lines = Object.entries({ ...config, token: JSON.stringify(token) }).map(
      ([name, value]) => `${name} = ${value}`,
    );
    writeFileSync(join(folder, "rclone.conf"), `[one]\n${lines.join("\n")}\n`);
    const common = ["--config", join(folder, "rclone.conf"), "--ca-cert", authority, "--retries", "1"];
    const from = join(folder, "from");
    fill(from, {
      "big.bin": bytes(25_000_000),
      [odd]: bytes(5_000_000),
      "deep/er/+ = ' ~ (ä) 日本.txt": bytes(1024),
      "empty.txt": Buffer.alloc(0),
    });
    return { folder, from, call: (...args) => program("rclone", [...common, ...args]) };
  },
  jobs: {
    "copies files of 25 MB, 5 MB, 1 KB and 0 bytes with odd names up": async ({ emulator, from, call }) => {
      await call("copy", from, "one:box");
      same(hashesInDrive(emulator, "/box"), hashesIn(from));
    },
    "checks them by quickXorHash": async ({ from, call }) => {
      const { stderr } = await call("check", from, "one:box");
      if (!/ 0 differences found/.test(stderr) || !/4 matching files/.test(stderr)) throw new Error(stderr);
    },
    "finds a file whose bytes differ, and replaces it": async ({ emulator, from, call }) => {
      emulator.drive.addFile("/box/deep/er/+ = ' ~ (ä) 日本.txt", bytes(1024));
      const told = await call("check", from, "one:box").then(
        () => "nothing",
        ({ message }) => message,
      );
      if (!/1 differences found/.test(told)) throw new Error(told);
      await call("copy", "--checksum", from, "one:box");
      same(hashesInDrive(emulator, "/box"), hashesIn(from));
    },
    "copies them down": async ({ folder, from, call }) => {
      await call("copy", "one:box", join(folder, "to"));
      same(hashesIn(join(folder, "to")), hashesIn(from));
    },
    "moves and renames on the service": async ({ emulator, call }) => {
      const { id } = emulator.drive.file("/box/big.bin");
      await call("moveto", "one:box/big.bin", "one:other/BIG 2.bin");
      if (emulator.drive.file("/other/BIG 2.bin").id !== id) throw new Error("It was uploaded again.");
    },
    "copies on the service": async ({ emulator, call }) => {
      await call("copyto", `one:box/${odd}`, `one:copies/${odd}`);
      same(emulator.drive.file(`/copies/${odd}`).sha256, emulator.drive.file(`/box/${odd}`).sha256);
    },
    "sets dates": async ({ emulator, call }) => {
      await call("touch", "--timestamp", "2020-02-03T04:05:06", "one:box/empty.txt");
      const { fileSystemInfo } = emulator.drive.file("/box/empty.txt");
      if (!fileSystemInfo.lastModifiedDateTime.startsWith("2020-02-03T04:05:06"))
        throw new Error(JSON.stringify(fileSystemInfo));
    },
    "reads the quota": async ({ emulator, call }) => {
      const { stdout } = await call("about", "--json", "one:");
      same(JSON.parse(stdout).used, emulator.drive.used);
    },
    "deletes a file and a folder": async ({ emulator, call }) => {
      await call("deletefile", `one:box/${odd}`);
      await call("purge", "one:box");
      await call("purge", "one:copies");
      same(Object.keys(hashesInDrive(emulator)), ["other/BIG 2.bin"]);
    },
  },
};
