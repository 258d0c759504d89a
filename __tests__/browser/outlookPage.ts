import { playHost, type HostSettings } from "../../samples/outlook-addin/stub/host.js";
import type { AttachOptions, UploadWaiting } from "../../src/index.js";
import {
  attachToItem,
  blockSendWhileAttaching,
  outlookLimits,
  untilShown,
  type ComposedItem,
  type ItemAttachment,
} from "../../src/outlook/index.js";
import { clientOf, type Target } from "./upload.js";

interface PaneState {
  attachment?: ItemAttachment;
  error?: { name: string; code?: string; message: string };
  waits: UploadWaiting[];
  /** The window shows the attachment after a while. */
  shown?: boolean;
}

let host: ReturnType<typeof playHost>;
let target: Target;
const state: PaneState = { waits: [] };
const stop = new AbortController();
const item = () => host.item as unknown as ComposedItem;

/** Functions that the tests call from outside: a pane in a simulated Outlook. */
const page = {
  /** Opens the draft at the target's path. */
  open(given: Target, settings: HostSettings) {
    target = given;
    const { graphUrl, token } = given;
    const server = {
      id: () => given.path.split("/").pop()!,
      async list() {
        const headers = { Authorization: `Bearer ${token}` };
        const reply = await fetch(`${graphUrl}v1.0${given.path}/attachments?$select=id,name`, { headers });
        return (await reply.json()).value;
      },
    };
    host = playHost(server, settings);
    Object.assign(globalThis, { Office: host.Office });
  },

  attach(name: string, size: number, options: AttachOptions = {}) {
    const bytes = Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 8)) & 255);
    const onWaiting = (waiting: UploadWaiting) => void state.waits.push(waiting);
    const given = { ...options, delay: 20, signal: stop.signal, onWaiting };
    attachToItem(clientOf(target), item(), new File([bytes], name), given).then(
      (attachment) => (state.attachment = attachment),
      ({ name, code, message }) => (state.error = { name, code, message }),
    );
  },

  async watch() {
    state.shown = await untilShown(item(), state.attachment!);
  },

  state: () => state,
  abort: () => stop.abort(),
  saves: () => host.state.saves,
  added: () => host.state.added.map(({ name, base64 }) => ({ name, length: atob(base64).length })),
  limits: () => outlookLimits(item()).map(({ missing }) => missing),
  send: () => new Promise((completed) => blockSendWhileAttaching({ completed })),
};

export type OutlookCalls = typeof page;
Object.assign(globalThis, { page });
