import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../service/main.mjs", import.meta.url));

/** Starts the local service in its own process. `serviceTime`: milliseconds per range. */
export async function startService(serviceTime = 0) {
  const process = fork(main, [String(serviceTime)]);
  const [port] = await once(process, "message");
  const origin = `http://127.0.0.1:${port}`;
  return {
    port,
    origin,
    /** Serves a page with this script at `/page`. */
    async serve(script) {
      process.send({ script });
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
