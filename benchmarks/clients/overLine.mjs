// Uploads over a shaped line. There is no warm-up, because the request that opens a session uses the line too.
import { createAzureDevOpsClient, withLargeAttachments } from "../../dist/esm/index.js";
import { graphClient } from "../support/graphClient.mjs";
import { seeded } from "../support/random.mjs";
import { bytesOf } from "../support/source.mjs";

/** Runs until the file is uploaded, the client gives up, or `patience` seconds pass. */
export function outlook({ origin, size, rangeSize, message, seed, patience }) {
  Math.random = seeded(seed); // makes the jitter of waits repeatable
  const client = withLargeAttachments(graphClient(origin));
  const file = bytesOf(size);
  const signal = AbortSignal.timeout(patience * 1000);
  let loaded = 0;
  const options = { name: "file.bin", rangeSize, signal, onProgress: (progress) => (loaded = progress.loaded) };
  const work = () =>
    client
      .api(`/me/messages/${message}`)
      .attach(file, options)
      .then(
        () => ({ measured: { loaded, outcome: "whole" } }),
        (error) => ({ measured: { loaded, outcome: signal.aborted ? "too slow" : (error.code ?? error.name) } }),
      );
  return { work };
}

/** A loop by hand with ranges of one size. It retries as often as the library and asks for the offset. */
export function fixed({ origin, size, rangeSize, message, seed, patience }) {
  Math.random = seeded(seed);
  const file = bytesOf(size);
  const signal = AbortSignal.timeout(patience * 1000);
  const work = async () => {
    let loaded = 0;
    let attempts = 0;
    const open = `${origin}/v1.0/me/messages/${message}/attachments/createUploadSession`;
    const body = JSON.stringify({ AttachmentItem: { attachmentType: "file", name: "file.bin", size } });
    const headers = { "Content-Type": "application/json" };
    let uploadUrl;
    while (loaded < size) {
      try {
        uploadUrl ??= (await (await fetch(open, { method: "POST", headers, body, signal })).json()).uploadUrl;
        if (attempts > 0) loaded = offsetOf(await fetch(uploadUrl, { signal }).then((reply) => reply.json())) ?? loaded;
        const end = Math.min(loaded + rangeSize, size);
        const range = { "Content-Range": `bytes ${loaded}-${end - 1}/${size}` };
        const reply = await fetch(uploadUrl, {
          method: "PUT",
          headers: range,
          body: file.subarray(loaded, end),
          signal,
        });
        if (!reply.ok) throw new Error(String(reply.status));
        await reply.arrayBuffer();
        [loaded, attempts] = [end, 0];
      } catch {
        if (signal.aborted) return { measured: { loaded, outcome: "too slow" } };
        if (attempts === 5) return { measured: { loaded, outcome: "given up" } };
        const wait = 1000 * 2 ** attempts * (0.5 + Math.random() / 2);
        attempts += 1;
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
    }
    return { measured: { loaded, outcome: "whole" } };
  };
  return { work };
}

const offsetOf = ({ nextExpectedRanges }) => (nextExpectedRanges ? parseInt(nextExpectedRanges[0], 10) : undefined);

/** The protocol with the widest limits for ranges. */
export function azureDevOps({ origin, size, rangeSize }) {
  const client = createAzureDevOpsClient({ organizationUrl: `${origin}/devops`, personalAccessToken: "x" });
  const file = bytesOf(size);
  return { work: () => client.api("/p/_apis/wit/attachments").attach(file, { name: "file.bin", rangeSize }) };
}
