// The emulator of the installed package in a process of its own. Tells on its standard output where it is asked and which
// certificate has to be trusted, and ends when its standard input does.
import { startEmulator } from "graph-large-attachments/emulator";
import { openDoor } from "./emulatorDoor.mjs";

const emulator = await startEmulator();
process.stdout.write(`${JSON.stringify({ control: await openDoor(emulator), ca: emulator.ca })}\n`);
process.stdin.resume().once("end", () => process.exit());
