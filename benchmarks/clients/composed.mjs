// Mails and an event with large files, from the last build, and the requests that a mail cannot do without by bare `fetch`.
import { Client } from "@microsoft/microsoft-graph-client";
import { withLargeAttachments } from "../../dist/esm/index.js";
import { bytesOf } from "../support/source.mjs";

const LARGE = bytesOf(5_000_000);
const SMALL = bytesOf(200_000);
const RANGE = 3_932_160;
const toRecipients = [{ emailAddress: { address: "a@example.com" } }];
const message = { subject: "Files", toRecipients };
const event = {
  subject: "Meeting",
  start: { dateTime: "2030-01-01T10:00:00", timeZone: "UTC" },
  end: { dateTime: "2030-01-01T11:00:00", timeZone: "UTC" },
  attendees: [{ emailAddress: { address: "b@example.com" }, type: "required" }],
};
const files = (...sizes) => sizes.map((file, index) => ({ file, name: `${index}.bin` }));

function clientOf({ graphUrl, token }) {
  const baseUrl = graphUrl.slice(0, -1);
  const authProvider = (done) => done(null, token);
  const customHosts = new Set([new URL(graphUrl).hostname]);
  return withLargeAttachments(Client.init({ baseUrl, customHosts, authProvider }));
}

/** Runs `send` once as a warm-up, and once to be measured. `began`: by the clock that the emulator has too. */
const twice = (send) => ({
  warmUp: send,
  async work() {
    const began = Date.now();
    await send();
    return { measured: { began } };
  },
});

const posts = (path, attached, body, options) => (about) => {
  const client = clientOf(about);
  let count = 0;
  return twice(() =>
    client
      .api(path)
      .withAttachments(files(...attached), { ...options, ...(options?.once && { once: `${options.once} ${++count}` }) })
      .post(body),
  );
};

export const small = posts("/me/sendMail", [SMALL, SMALL], { message });
export const one = posts("/me/sendMail", [LARGE], { message });
export const three = posts("/me/sendMail", [LARGE, LARGE, LARGE], { message });
export const draft = posts("/me/messages", [SMALL, LARGE], message);
export const invitation = posts("/me/events", [LARGE], event);
export const once = posts("/me/sendMail", [LARGE], { message }, { once: `job ${process.pid}` });

export const reply = (about) => posts(`${about.original}/reply`, [LARGE], { comment: "Files" })(about);

/** The longest chain: one request after another, and nothing besides, except for sessions that open during a range. */
export function chain({ graphUrl, token }) {
  const ask = async (method, url, body, headers = {}) => {
    const response = await fetch(url, { method, body, headers });
    if (!response.ok) throw new Error(`${response.status} to ${method} ${url}`);
    const text = await response.text();
    return text && JSON.parse(text);
  };
  const api = (method, path, body) => {
    const headers = { Authorization: `Bearer ${token}`, ...(body && { "Content-Type": "application/json" }) };
    return ask(method, `${graphUrl}v1.0/me/messages${path}`, body && JSON.stringify(body), headers);
  };
  return twice(async () => {
    const { id } = await api("POST", "", message);
    const item = `/${encodeURIComponent(id)}`;
    const open = (index) => {
      const AttachmentItem = { attachmentType: "file", name: `${index}.bin`, size: LARGE.length };
      return api("POST", `${item}/attachments/createUploadSession`, { AttachmentItem });
    };
    let next = open(0);
    for (let index = 0; index < 3; index++) {
      const { uploadUrl } = await next;
      for (let start = 0; start < LARGE.length; start += RANGE) {
        const end = Math.min(start + RANGE, LARGE.length);
        if (end === LARGE.length && index < 2) next = open(index + 1);
        const range = `bytes ${start}-${end - 1}/${LARGE.length}`;
        const headers = { "Content-Type": "application/octet-stream", "Content-Range": range };
        await ask("PUT", uploadUrl, LARGE.subarray(start, end), headers);
      }
    }
    await api("GET", `${item}/attachments?$select=id,name,size`);
    await api("POST", `${item}/send`);
  });
}
