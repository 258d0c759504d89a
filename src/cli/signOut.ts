import { runCommand } from "./command.js";
import { deleteSignIns } from "./deviceCode.js";
import type { OutputOptions } from "./output.js";

/** `sign-out` */
export function signOut(options: OutputOptions): Promise<number> {
  return runCommand(options, async ({ output }) => {
    const count = await deleteSignIns();
    output.line(count > 0 ? "Signed out." : "There is no stored sign-in.");
    output.document({ ok: true, deleted: count });
  });
}
