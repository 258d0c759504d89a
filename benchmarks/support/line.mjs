import { connect, createServer } from "node:net";
import { seeded } from "./random.mjs";

/** Bytes that the line buffers before its sender has to wait. */
const QUEUE = 262_144;

/**
 * Creates a line to a local port. `up` and `down`: bytes per second, or Infinity for no limit. `latency`: milliseconds in
 * one direction. `resetEvery`: average seconds between resets of all connections, at times set by the seed.
 */
export async function startLine({ port, up, down = up, latency, resetEvery, seed = 1 }) {
  const line = { up: new Direction(up, latency), down: new Direction(down, latency), resets: 0 };
  const open = new Set();
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on("error", () => {});
      open.add(socket);
      socket.on("close", () => {
        open.delete(socket);
        (socket === near ? far : near).destroy();
      });
    }
    line.up.carry(near, far);
    line.down.carry(far, near);
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const random = seeded(seed);
  let timer;
  const nextReset = () => {
    timer = setTimeout(
      () => {
        for (const socket of open) socket.resetAndDestroy();
        line.resets++;
        nextReset();
      },
      -Math.log(1 - random()) * resetEvery * 1000,
    );
  };
  if (resetEvery) server.once("connection", nextReset);
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    /** Bytes carried to the service, and the number of resets. */
    seen: () => ({ sent: line.up.carried, resets: line.resets }),
    stop() {
      clearTimeout(timer);
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}

/** One direction of a line. All its connections share the rate. */
class Direction {
  carried = 0;
  #free = 0;

  constructor(rate, latency) {
    this.rate = rate;
    this.latency = latency;
  }

  carry(from, to) {
    const queue = [];
    let waiting = 0;
    let timer;
    const deliver = () => {
      timer = undefined;
      while (queue.length > 0 && queue[0].due <= performance.now() + 0.5) {
        const { chunk } = queue.shift();
        if (to.destroyed) return;
        if (chunk === undefined) {
          to.end();
          return;
        }
        to.write(chunk);
        this.carried += chunk.length;
      }
      if (queue.length > 0) timer = setTimeout(deliver, queue[0].due - performance.now());
    };
    const add = (chunk, leaves) => {
      queue.push({ chunk, due: leaves + this.latency });
      timer ??= setTimeout(deliver, queue[0].due - performance.now());
    };
    from.on("data", (chunk) => {
      const leaves = Math.max(performance.now(), this.#free) + (chunk.length / this.rate) * 1000;
      this.#free = leaves;
      add(chunk, leaves);
      waiting += chunk.length;
      if (waiting > QUEUE) from.pause();
      setTimeout(() => {
        waiting -= chunk.length;
        if (waiting <= QUEUE) from.resume();
      }, leaves - performance.now());
    });
    from.on("end", () => add(undefined, Math.max(performance.now(), this.#free)));
    from.on("close", () => clearTimeout(timer));
  }
}
