import { execFileSync } from "node:child_process";

const [CLIENT, SERVICE] = ["10.77.25.1", "10.77.25.2"];
/** Packets that wait for the line at most: a second of 200 Mbit/s. */
const LIMIT = 20_000;

/**
 * Creates two network namespaces with a line between them that the kernel delays (`tc netem`). `up`: bytes per second. `trip`:
 * milliseconds there and back. `undefined` where the system, the kernel or the user cannot.
 */
export function startNetem({ up, trip, name }) {
  const [client, service] = [`${name}-c`, `${name}-s`];
  const run = (...words) => execFileSync(words[0], words.slice(1), { stdio: "pipe" });
  const within = (space, ...words) => run("ip", "netns", "exec", space, ...words);
  const stop = () => {
    for (const space of [client, service]) {
      try {
        run("ip", "netns", "del", space);
      } catch {
        // it was not created
      }
    }
  };
  try {
    for (const space of [client, service]) run("ip", "netns", "add", space);
    run("ip", "link", "add", "line0", "netns", client, "type", "veth", "peer", "name", "line0", "netns", service);
    for (const [space, address] of [
      [client, CLIENT],
      [service, SERVICE],
    ]) {
      within(space, "ip", "link", "set", "lo", "up");
      within(space, "ip", "addr", "add", `${address}/24`, "dev", "line0");
      within(space, "ip", "link", "set", "line0", "up");
      const delay = ["delay", `${trip / 2}ms`, "rate", `${Math.round(up * 8)}bit`, "limit", String(LIMIT)];
      within(space, "tc", "qdisc", "add", "dev", "line0", "root", "netem", ...delay);
    }
    // two names of the service, so that Graph and the upload host have connections of their own
    within(service, "ip", "addr", "add", "10.77.25.3/24", "dev", "line0");
  } catch {
    stop();
    return undefined;
  }
  const under = (space) => ["ip", "netns", "exec", space];
  return { client: under(client), service: under(service), hosts: [SERVICE, "10.77.25.3"], stop };
}
