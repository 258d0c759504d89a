import { homedir } from "node:os";
import { join } from "node:path";

/** The folder for state on this system: by the XDG rules, or below `%LOCALAPPDATA%` on Windows. */
export function stateFolder(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const home = homedir();
  const local = platform === "win32" ? (env["LOCALAPPDATA"] ?? join(home, "AppData", "Local")) : undefined;
  const xdg = env["XDG_STATE_HOME"]; // The XDG rules ignore a relative path.
  return join(local ?? (xdg?.startsWith("/") ? xdg : join(home, ".local", "state")), "graph-large-attachments");
}
