#!/usr/bin/env node
import { CommanderError } from "commander";
import { EXIT, sentence, usage } from "./failure.js";
import { Output } from "./output.js";
import { makeProgram } from "./program.js";

/** Runs what the arguments ask for; what it needs is loaded only then, so that help comes at once. */
async function main(args: readonly string[]): Promise<number> {
  // a reader that has gone, as of `| head`, is no failure
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const json = args.includes("--json");
  let exitCode: number = EXIT.done;
  const program = makeProgram((code) => (exitCode = code), json);
  try {
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.done;
    if (error.code === "commander.help") return EXIT.usage; // no command: help was shown
    const hint = "Run graph-large-attachments --help, or --help after a command, for what there is.";
    new Output({ json }).failure(usage(sentence(error.message.replace(/^error: /, "")), hint));
    return EXIT.usage;
  }
}

process.exitCode = await main(process.argv.slice(2));
