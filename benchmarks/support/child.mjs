// Runs one piece of work in this new process, and reports its cost to the parent.
// Arguments: module, export, parameters as JSON. The export prepares the work and returns it.
import { measure } from "./measure.mjs";

const [, , module, name, parameters] = process.argv;
const prepare = (await import(module))[name];
if (!prepare) throw new Error(`${module} has no ${name}.`);
const work = await prepare(JSON.parse(parameters));
const measured = await measure(work);
// Not by disconnecting: an open connection would keep the process until the service closes it.
process.send(measured, () => process.exit());
