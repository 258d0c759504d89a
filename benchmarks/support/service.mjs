import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../service/main.mjs", import.meta.url));

/**
 * Starts the local service in its own process. `serviceTime`: milliseconds per range. `scheme`: "http" or "tls". `key` and `cert`: files. `under`: a
 * command that starts it, with its arguments.
 */
export async function startService(
  serviceTime = 0,
  { key, cert, scheme = cert ? "tls" : "http", address = "127.0.0.1", under } = {},
) {
  const given = [String(serviceTime), scheme, address, ...(cert ? [key, cert] : [])];
  const process = under ? startUnder(under, [main, ...given]) : fork(main, given);
  const [port] = await once(process, "message");
  const origin = `${scheme === "tls" ? "https" : "http"}://${address}:${port}`;
  return {
    port,
    origin,
    /** Serves a page with this script at `/page`. */
    async serve(script) {
      process.send({ script });
      await once(process, "message");
    },
    /** Counts everything that has arrived since the service started. */
    async seen() {
      process.send({ asks: true });
      const [seen] = await once(process, "message");
      return seen;
    },
    async change(settings) {
      process.send(settings);
      await once(process, "message");
    },
    async setServiceTime(time) {
      process.send({ serviceTime: time });
      await once(process, "message");
    },
    stop() {
      process.disconnect();
      return once(process, "exit");
    },
  };
}

/** Starts a script of Node by another command, with a channel for messages. */
export function startUnder([command, ...before], after, options = {}) {
  const stdio = ["ignore", "inherit", "inherit", "ipc"];
  return spawn(command, [...before, process.execPath, ...after], { ...options, stdio });
}
