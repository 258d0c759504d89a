import { startChromium, startFirefox } from "./puppeteer";
import { startWebKit } from "./webKit";

/** A tab with the page in it. */
export interface Tab {
  /** Calls a function that the page offers (see ../page.ts), and waits for what it answers. */
  call<T>(name: string, ...given: unknown[]): Promise<T>;
  /** Picks a file in the page's `<input type=file>`, as a person would. */
  pick(path: string): Promise<void>;
  reload(): Promise<void>;
  /** Puts another tab in front of it, or minimises its window where every tab is born behind. */
  hide(): Promise<void>;
  /** Cuts the engine off from the network; absent where its driver cannot. */
  offline?(is: boolean): Promise<void>;
  close(): Promise<void>;
}

/** A real browser engine, started and driven as it is installed. */
export interface Engine {
  open(url: string): Promise<Tab>;
  close(): Promise<void>;
}

export const engines: Record<string, () => Promise<Engine>> = {
  Chromium: startChromium,
  Firefox: startFirefox,
  WebKit: startWebKit,
};
