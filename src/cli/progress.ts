import { SingleBar } from "cli-progress";
import { formatBytes, formatSeconds, shorten } from "./format.js";
import type { Output } from "./output.js";

/** Shows the progress of one upload. */
export interface Progress {
  /** Bytes that the service has. */
  show(loaded: number): void;
  /** Shows why the upload waits, and for how many milliseconds. */
  wait(reason: string, milliseconds: number): void;
  stop(): void;
}

/** Draws a bar on a terminal. Elsewhere, as in logs, it prints a line at each tenth. */
export function showProgress(output: Output, name: string, total: number): Progress {
  if (output.options.quiet) return { show: () => {}, wait: () => {}, stop: () => {} };
  const terminal = process.stderr.isTTY && process.env["TERM"] !== "dumb" && !output.options.verbose;
  return terminal ? showBar(name, total) : printLines(output, name, total);
}

function showBar(name: string, total: number): Progress {
  const speed = new Speed();
  const bar = new SingleBar({
    format: (_, { value }, { waiting }: { waiting: string }) =>
      barLine({ name, value, total, rate: speed.rate, waiting }, process.stderr.columns || 80),
    stream: process.stderr,
    hideCursor: true,
    fps: 8,
    gracefulExit: false, // The command handles Ctrl-C itself.
  });
  bar.start(total, 0, { waiting: "" });
  return {
    show: (loaded) => {
      speed.add(loaded, performance.now());
      bar.update(loaded, { waiting: "" });
    },
    wait: (reason, milliseconds) => bar.update({ waiting: waitText(reason, milliseconds) }),
    stop: () => bar.stop(),
  };
}

/** Measures the rate of an upload over its last seconds. */
export class Speed {
  #points: { readonly loaded: number; readonly time: number }[] = [];

  /** `time` in milliseconds. */
  add(loaded: number, time: number): void {
    this.#points = [...this.#points.filter((point) => time - point.time < 15_000), { loaded, time }];
  }

  /** Bytes per second; `undefined` until two points are known. */
  get rate(): number | undefined {
    const [first, last] = [this.#points[0], this.#points.at(-1)];
    if (!first || !last || last.time === first.time) return undefined;
    return ((last.loaded - first.loaded) * 1000) / (last.time - first.time);
  }
}

interface BarState {
  readonly name: string;
  /** Bytes. */
  readonly value: number;
  readonly total: number;
  /** Bytes per second, once known. */
  readonly rate?: number;
  /** Why the upload waits, if it does. */
  readonly waiting: string;
}

function waitText(reason: string, milliseconds: number): string {
  return `${reason}, retry in ${formatSeconds(milliseconds / 1000)}`;
}

/** One line for a terminal of this width. The last column stays free. */
export function barLine(state: BarState, columns: number): string {
  const { name, value, total } = state;
  const share = total === 0 ? 1 : value / total;
  const percent = String(Math.floor(share * 100)).padStart(3);
  const numbers = `${percent} %  ${formatBytes(value)} of ${formatBytes(total)}${detailsOf(state)}`;
  const room = columns - 1 - numbers.length;
  const label = shorten(name, Math.max(8, Math.min(26, room - 16)));
  const length = Math.min(30, room - label.length - 5);
  if (length < 4) return shorten(numbers.trim(), columns - 1);
  const full = Math.floor(share * length);
  return `${label}  [${"=".repeat(full)}${" ".repeat(length - full)}] ${numbers}`;
}

function detailsOf({ value, total, rate, waiting }: BarState): string {
  if (waiting !== "") return `  ${shorten(waiting, 26)}`;
  if (!rate || value === total) return "";
  return `  ${formatBytes(rate)}/s  ${formatSeconds((total - value) / rate)} left`;
}

function printLines(output: Output, name: string, total: number): Progress {
  let printed = 0;
  return {
    wait: (reason, milliseconds) => output.info(`${name}: ${waitText(reason, milliseconds)}`),
    show: (loaded) => {
      const tenths = total === 0 ? 10 : Math.floor((loaded / total) * 10);
      if (tenths > printed) output.info(`${name}: ${formatBytes(loaded)} of ${formatBytes(total)}`);
      printed = Math.max(printed, tenths);
    },
    stop: () => {},
  };
}
