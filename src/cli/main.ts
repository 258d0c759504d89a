#!/usr/bin/env node
import { CommanderError } from "commander";
import { EXIT, usageFailure } from "./failure.js";
import { sentence } from "./format.js";
import { Output } from "./output.js";
import { createProgram } from "./program.js";

/** Runs the command. Each command loads its own code, so that help appears immediately. */
async function main(args: readonly string[]): Promise<number> {
  // A reader may close its end early, as `| head` does.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const json = args.includes("--json");
  let exitCode: number = EXIT.done;
  const program = createProgram((code) => (exitCode = code), json);
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.done;
    if (error.code === "commander.help") return EXIT.usage; // Without a command, commander has printed the help.
    const hint = "Run graph-large-attachments --help, or a command with --help.";
    new Output({ json }).failure(usageFailure(sentence(error.message.replace(/^error: /, "")), hint));
    return EXIT.usage;
  }
}

process.exitCode = await main(process.argv.slice(2));
