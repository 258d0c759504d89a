import { connect, createServer } from "node:net";

/** Bytes of a full segment, and segments of the first window (RFC 6928), as Linux has them. */
const SEGMENT = 1448;
const FIRST_WINDOW = 10 * SEGMENT;
/** Milliseconds that Linux adds to the round trip before a connection counts as idle (TCP_RTO_MIN). */
const IDLE_AFTER = 200;
/** Bytes that a sender may be ahead of what the line has carried. */
const QUEUE = 1_048_576;

/** Milliseconds that a new connection loses until its window fills the line. `rate`: bytes per second. */
export function slowStartLoss({ rate, trip }) {
  let loss = 0;
  for (let window = FIRST_WINDOW; ; window *= 2) {
    const idle = trip - (1000 * window) / rate;
    if (idle <= 0) return loss;
    loss += idle;
  }
}

/**
 * Creates a line to a local port that behaves as TCP does over a distance: a connection is open after a round trip, and its
 * window begins with ten segments and doubles with every round trip up to twice what fills the line. A connection that is idle
 * halves its window with every timeout (RFC 2861, `tcp_slow_start_after_idle`). `up`, `down`: bytes per second. `trip`:
 * milliseconds there and back.
 */
export async function startSlowStartLine({ port, up, down = up, trip }) {
  const lines = { up: { rate: up, free: 0 }, down: { rate: down, free: 0 } };
  const open = new Set();
  let connections = 0;
  const server = createServer((near) => {
    connections++;
    const far = connect(port, "127.0.0.1");
    const begins = performance.now() + trip;
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on("error", () => {});
      open.add(socket);
      socket.on("close", () => open.delete(socket));
    }
    carry(near, far, lines.up, trip, begins);
    carry(far, near, lines.down, trip, begins);
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    port: server.address().port,
    connections: () => connections,
    stop() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}

/** Carries one direction of a connection. All connections share the rate of the line. */
function carry(from, to, line, trip, begins) {
  const most = Math.max(FIRST_WINDOW, (2 * line.rate * trip) / 1000);
  const waiting = [];
  const events = [];
  let [queued, inFlight, window, lastSent, ended, timer] = [0, 0, FIRST_WINDOW, Infinity, false, undefined];

  /** Runs what is due: pieces that arrive, and confirmations of pieces, both in order. */
  const run = () => {
    timer = undefined;
    while (events.length > 0 && events[0].due <= performance.now() + 0.3) events.shift().happens();
    send();
    if (events.length > 0) timer ??= setTimeout(run, Math.max(0, events[0].due - performance.now()));
  };
  const at = (due, happens) => {
    let index = events.length;
    while (index > 0 && events[index - 1].due > due) index--;
    events.splice(index, 0, { due, happens });
    if (index > 0 && timer) return;
    clearTimeout(timer);
    timer = setTimeout(run, Math.max(0, events[0].due - performance.now()));
  };
  const rest = (now) => {
    const timeout = trip + IDLE_AFTER;
    for (let idle = now - lastSent; inFlight === 0 && idle > timeout && window > FIRST_WINDOW; idle -= timeout)
      window = Math.max(FIRST_WINDOW, window / 2);
  };
  const send = () => {
    const now = Math.max(performance.now(), begins);
    rest(now);
    while (waiting.length > 0 && inFlight < window) {
      const [chunk] = waiting;
      const piece = chunk.subarray(0, Math.max(1, window - inFlight));
      if (piece.length === chunk.length) waiting.shift();
      else waiting[0] = chunk.subarray(piece.length);
      const leaves = Math.max(now, line.free) + (1000 * piece.length) / line.rate;
      [line.free, lastSent] = [leaves, leaves];
      queued -= piece.length;
      inFlight += piece.length;
      const limited = inFlight >= window;
      at(leaves + trip / 2, () => to.destroyed || to.write(piece));
      at(leaves + trip, () => {
        inFlight -= piece.length;
        if (limited || inFlight * 2 > window) window = Math.min(most, window + piece.length);
      });
    }
    if (queued <= QUEUE) from.resume();
    if (ended && waiting.length === 0) {
      ended = false;
      at(Math.max(now, line.free) + trip / 2, () => to.end());
    }
  };
  from.on("data", (chunk) => {
    waiting.push(chunk);
    queued += chunk.length;
    if (queued > QUEUE) from.pause();
    send();
  });
  from.on("end", () => {
    ended = true;
    send();
  });
  from.on("close", () => from.readableEnded || to.destroy());
}
