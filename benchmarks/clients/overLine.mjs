// Uploads over a shaped line. No warm-up: what opens a session goes over the line too.
import { createAzureDevOpsClient, withLargeAttachments } from "../../dist/esm/index.js";
import { graphClient } from "../support/graphClient.mjs";
import { seeded } from "../support/random.mjs";
import { bytesOf } from "../support/source.mjs";

/** Until the file is there, or nothing more is tried, or `patience` seconds are over. */
export function outlook({ origin, size, rangeSize, message, seed, patience }) {
  Math.random = seeded(seed); // the jitter of waits
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

/** The protocol with the loosest bounds of ranges. */
export function azureDevOps({ origin, size, rangeSize }) {
  const client = createAzureDevOpsClient({ organizationUrl: `${origin}/devops`, personalAccessToken: "x" });
  const file = bytesOf(size);
  return { work: () => client.api("/p/_apis/wit/attachments").attach(file, { name: "file.bin", rangeSize }) };
}
