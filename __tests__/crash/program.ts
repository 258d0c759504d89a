/** Attaches a file with checkpoints, as a program of anybody's would: run again after a crash, it goes on. */
import { openAsBlob } from "node:fs";
import { Client } from "@microsoft/microsoft-graph-client";
import { createAzureDevOpsClient, jobCheckpoints, withLargeAttachments } from "../../src/index.js";
import { fileCheckpoints } from "../../src/node/index.js";

const { KIND, BASE, TOKEN, ITEM, FILE, FOLDER } = process.env as Record<string, string>;
process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0"; // the emulator's certificate is its own
const client =
  KIND === "azureDevOps"
    ? createAzureDevOpsClient({ organizationUrl: BASE!, personalAccessToken: TOKEN! })
    : withLargeAttachments(
        Client.init({
          baseUrl: BASE!,
          customHosts: new Set(["localhost"]),
          authProvider: (done) => done(null, TOKEN!),
        }),
      );
const checkpoints = jobCheckpoints(fileCheckpoints(FOLDER!), "job");
const options = { name: "a.bin", rangeSize: 100_000, threshold: 1, delay: 1, checkpoints };
const { id } = await client.api(ITEM!).attach(await openAsBlob(FILE!), options);
await checkpoints.forget();
console.log(id);
