// The smoke suite: the same file in every runtime. It imports neither the package nor anything of a runtime; who runs it
// hands over what it has imported.
import { askAt } from "./emulatorCalls.mjs";
import * as ownFiles from "./files.mjs";
import { base64Of } from "./files.mjs";
import { equal, rejection, until, within } from "./expect.mjs";

const RANGE = 3_932_160;
const SIZE = 9_000_000; // three ranges

/** The checks, by name. Each gets the package, the emulator, a Graph client and a file. */
export const checks = {
  async "bytes in memory"({ client, emulator, file }) {
    const message = await emulator("addMessage");
    const { id } = await client.api(message.path).attach(file.bytes, { name: file.name });
    equal(await emulator("attachments", message.id), [{ id, name: file.name, via: "session", sha256: file.sha256 }]);
  },

  async "a Blob"({ client, emulator, file }) {
    const message = await emulator("addMessage");
    const blob = new Blob([file.bytes], { type: "application/pdf" });
    const { id } = await client.api(message.path).attach(blob, { name: file.name });
    equal(await emulator("attachments", message.id), [{ id, name: file.name, via: "session", sha256: file.sha256 }]);
  },

  async "a stream"({ client, emulator, file, streamOf }) {
    const event = await emulator("addEvent");
    const { id } = await client.api(event.path).attach(streamOf(file.bytes), { name: file.name, size: SIZE });
    equal(await emulator("attachments", event.id), [{ id, name: file.name, via: "session", sha256: file.sha256 }]);
  },

  async "a small file, in one POST"({ client, emulator, fileOf }) {
    const message = await emulator("addMessage");
    const file = await fileOf(100_000);
    const { id } = await client.api(message.path).attach(file.bytes, { name: file.name });
    equal(await emulator("attachments", message.id), [{ id, name: file.name, via: "post", sha256: file.sha256 }]);
  },

  async "an intercepted POST with a large JSON body"({ client, emulator, file }) {
    const message = await emulator("addMessage");
    const contentBytes = base64Of(file.bytes);
    const body = { "@odata.type": "#microsoft.graph.fileAttachment", name: file.name, contentBytes };
    const { id } = await client.api(`${message.path}/attachments`).post(body);
    equal(await emulator("attachments", message.id), [{ id, name: file.name, via: "session", sha256: file.sha256 }]);
  },

  async "sendMail with a large file"({ client, emulator, file }) {
    const message = { subject: "The report", toRecipients: [{ emailAddress: { address: "me@example.com" } }] };
    await client
      .api("/me/sendMail")
      .withAttachments([{ file: file.bytes, name: file.name }])
      .post({ message });
    const attachments = [{ name: file.name, sha256: file.sha256 }];
    equal(await emulator("outbox"), [{ subject: "The report", recipients: ["me@example.com"], attachments }]);
  },

  async "a task that is stopped, stored as JSON and restored"({ kit, client, emulator, file }) {
    const item = await emulator("addTask"); // of To Do
    const stop = new AbortController();
    const task = await kit.LargeAttachmentTask.create(client, item.path, file.bytes, { name: file.name });
    const onProgress = () => stop.abort();
    equal((await rejection(task.upload({ onProgress, signal: stop.signal }))).name, "AbortError");
    const stored = JSON.stringify(task.session);

    const restored = await kit.LargeAttachmentTask.restore(client, JSON.parse(stored), file.bytes);
    const { offset } = await restored.getStatus();
    equal(offset >= RANGE && offset < SIZE, true);
    const { id } = await restored.resume();
    equal(await emulator("attachments", item.id), [{ id, name: file.name, via: "session", sha256: file.sha256 }]);
    equal((await emulator("ranges")).filter(({ contentRange }) => contentRange.startsWith("bytes 0-")).length, 1);
  },

  async "a work item of Azure DevOps"({ kit, emulator, fetchOptions, target, file }) {
    const { organizationUrl, personalAccessToken } = target;
    const azure = kit.createAzureDevOpsClient({ organizationUrl, personalAccessToken, fetchOptions });
    const workItem = await emulator("addWorkItem");
    const { id } = await azure.api(workItem.path).attach(file.bytes, { name: file.name, comment: "The report" });
    const linked = { id, fileName: file.name, sha256: file.sha256, complete: true, linkedTo: [workItem.id] };
    equal(await emulator("blobs"), [linked]);
  },

  async "a connection that is reset within a range"({ client, emulator, file }) {
    const message = await emulator("addMessage");
    await emulator("fault", { on: { kind: "range", range: 1 }, reset: "midway" });
    const { id } = await client.api(message.path).attach(file.bytes, { name: file.name, delay: 10 });
    equal(await emulator("attachments", message.id), [{ id, name: file.name, via: "session", sha256: file.sha256 }]);
    equal(await emulator("unusedFaults"), 0);
  },

  async "a reply to the last range that is lost"({ client, emulator, file }) {
    const message = await emulator("addMessage");
    await emulator("fault", { on: { kind: "range", range: "last" }, reset: "after" });
    const { id } = await client.api(message.path).attach(file.bytes, { name: file.name, delay: 10 });
    equal(await emulator("attachments", message.id), [{ id, name: file.name, via: "session", sha256: file.sha256 }]);
    equal(await emulator("unusedFaults"), 0);
  },

  async "429 with Retry-After for a range"({ client, emulator, file }) {
    const message = await emulator("addMessage");
    const attempts = [];
    const onAttempt = ({ range, status }) => attempts.push([range.start, status]);
    await emulator("fault", { on: { kind: "range", range: 1 }, status: 429, headers: { "Retry-After": "1" } });
    const { id } = await client.api(message.path).attach(file.bytes, { name: file.name, delay: 10, onAttempt });
    equal(await emulator("attachments", message.id), [{ id, name: file.name, via: "session", sha256: file.sha256 }]);
    equal(attempts.slice(0, 3), [
      [0, 200],
      [RANGE, 429],
      [RANGE, 200],
    ]);
  },

  async "an abort while a range is under way"({ client, emulator, file }) {
    const message = await emulator("addMessage");
    await emulator("fault", { on: { kind: "range", range: 1 }, hang: true });
    const stop = new AbortController();
    const attaching = client.api(message.path).attach(file.bytes, { name: file.name, signal: stop.signal });
    const rejected = rejection(attaching);
    await until("the range hangs", async () => (await emulator("ranges")).some(({ fault }) => fault));
    stop.abort();
    equal((await rejected).name, "AbortError");
    await until("the session is deleted", async () => (await emulator("sessions"))[0].state === "deleted");
    equal(await emulator("attachments", message.id), []);
  },

  async "a refusal, as the Graph client's own error"({ kit, client, file }) {
    const attaching = client.api("/me/messages/AAMkADI5nowhere1=").attach(file.bytes, { name: file.name });
    const error = await rejection(attaching);
    equal([error instanceof kit.GraphError, error.statusCode, error.code], [true, 404, "ErrorItemNotFound"]);
  },
};

/**
 * Runs every check and answers how each ended: `[{ name, error? }]`.
 * `kit` is what the package and the Graph client export; `control` where the emulator is asked from outside;
 * `fetchOptions`, for a certificate, make the runtime's fetch trust it where the runtime needs that. `fileOf` and `streamOf` are for
 * runtimes without hashes and streams.
 */
export async function smoke({ kit, control, fetchOptions = () => undefined, ...files }) {
  const { fileOf, streamOf } = { ...ownFiles, ...files };
  const emulator = askAt(control);
  const target = await emulator("target");
  const options = fetchOptions(target.ca);
  const client = kit.withLargeAttachments(
    kit.Client.init({
      baseUrl: target.graphUrl,
      customHosts: new Set([new URL(target.graphUrl).hostname]),
      fetchOptions: options,
      authProvider: (done) => done(null, target.token),
    }),
  );
  const file = await fileOf(SIZE);
  const results = [];
  for (const [name, check] of Object.entries(checks)) {
    await emulator("reset");
    const running = check({ kit, client, emulator, target, fetchOptions: options, file, fileOf, streamOf });
    const error = await within(30_000, running).then(
      () => undefined,
      (error) => describe(error),
    );
    results.push(error === undefined ? { name } : { name, error });
  }
  return results;
}

/** An error with what lies behind it, in a line: it has to cross to another process. */
function describe(error) {
  const { name, message, code, statusCode, cause } = error ?? {};
  const details = [code, statusCode].filter((detail) => detail !== undefined && detail !== -1);
  const own = `${name ?? typeof error}${details.length > 0 ? ` (${details.join(", ")})` : ""}: ${message ?? error}`;
  return cause === undefined ? own : `${own}; because of ${describe(cause)}`;
}
