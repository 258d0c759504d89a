import { SingleBar } from "cli-progress";
import type { Output } from "./output.js";
import { bytes, shortened } from "./words.js";

/** Shows how one upload moves on. */
export interface Progress {
  /** Bytes that the service has. */
  show(loaded: number): void;
  /** Why nothing moves at the moment, and for how many milliseconds. */
  wait(reason: string, milliseconds: number): void;
  stop(): void;
}

/** A bar on a terminal; elsewhere, for logs, a line at every tenth of the way. */
export function showProgress(output: Output, name: string, total: number): Progress {
  if (output.options.quiet) return { show: () => {}, wait: () => {}, stop: () => {} };
  return process.stderr.isTTY && !output.options.verbose ? bar(name, total) : lines(output, name, total);
}

function bar(name: string, total: number): Progress {
  const single = new SingleBar({
    format: (_, { value, eta }, { waiting }: { waiting: string }) =>
      barLine({ name, value, total, eta: Number(eta), waiting }, process.stderr.columns || 80),
    stream: process.stderr,
    hideCursor: true,
    fps: 8,
    gracefulExit: false, // Ctrl-C is not for the bar to handle
    etaAsynchronousUpdate: true,
  });
  single.start(total, 0, { waiting: "" });
  return {
    show: (loaded) => single.update(loaded, { waiting: "" }),
    wait: (reason, milliseconds) => single.update({ waiting: waitingFor(reason, milliseconds) }),
    stop: () => single.stop(),
  };
}

interface Moment {
  readonly name: string;
  /** Bytes. */
  readonly value: number;
  readonly total: number;
  /** Seconds; not a number, or infinite, where nothing is known yet. */
  readonly eta: number;
  /** What is waited for, if anything. */
  readonly waiting: string;
}

function waitingFor(reason: string, milliseconds: number): string {
  return `${reason}, again in ${duration(milliseconds / 1000)}`;
}

/** One line that fits a terminal of so many columns, its last column left free. */
export function barLine({ name, value, total, eta, waiting }: Moment, columns: number): string {
  const share = total === 0 ? 1 : value / total;
  const known = value > 0 && value < total && Number.isFinite(eta);
  const more = waiting !== "" ? `  ${shortened(waiting, 26)}` : known ? `  ${duration(eta)} left` : "";
  const numbers = `${String(Math.floor(share * 100)).padStart(3)} %  ${bytes(value)} of ${bytes(total)}${more}`;
  const room = columns - 1 - numbers.length;
  const shown = shortened(name, Math.max(8, Math.min(26, room - 16)));
  const length = Math.min(30, room - shown.length - 5);
  if (length < 4) return shortened(numbers.trim(), columns - 1);
  const full = Math.floor(share * length);
  return `${shown}  [${"=".repeat(full)}${" ".repeat(length - full)}] ${numbers}`;
}

function duration(seconds: number): string {
  return seconds < 60 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

function lines(output: Output, name: string, total: number): Progress {
  let shown = 0;
  return {
    wait: (reason, milliseconds) => output.note(`${name}: ${waitingFor(reason, milliseconds)}`),
    show: (loaded) => {
      const tenths = total === 0 ? 10 : Math.floor((loaded / total) * 10);
      if (tenths > shown) output.note(`${name}: ${bytes(loaded)} of ${bytes(total)}`);
      shown = Math.max(shown, tenths);
    },
    stop: () => {},
  };
}
