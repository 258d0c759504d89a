import { Client } from "@microsoft/microsoft-graph-client";
import { withLargeAttachments, type UploadProgress } from "../../src/index.js";

/** Where the emulator is, and what to attach to: what a page would have from its sign-in and its own state. */
export interface Target {
  readonly graphUrl: string;
  readonly token: string;
  /** Of the item, as the emulator names it. */
  readonly path: string;
}

/** How an upload stands, as the tests ask for it. */
export interface State {
  progress: UploadProgress[];
  attachment?: { id: string; name: string; size: number };
  error?: { name: string; code?: string; message: string };
}

/** A Graph client as a web application makes it. */
export function clientOf({ graphUrl, token }: Target): Client {
  return withLargeAttachments(
    Client.init({
      baseUrl: graphUrl,
      customHosts: new Set([new URL(graphUrl).hostname]),
      authProvider: (done) => done(null, token),
    }),
  );
}

/** Notes how the work ends: tests ask for it from outside, and do not wait inside. */
export function watch(state: State, work: Promise<State["attachment"]>): void {
  work.then(
    (attachment) => (state.attachment = attachment),
    ({ name, code, message }) => (state.error = { name, code, message }),
  );
}
