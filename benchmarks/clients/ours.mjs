// This library, from its last build.
import { createAzureDevOpsClient, LargeAttachmentTask, withLargeAttachments } from "../../dist/esm/index.js";
import { graphClient, MESSAGE } from "../support/graphClient.mjs";
import { uploads } from "../support/source.mjs";

const name = "file.bin";

export function task(parameters) {
  const client = graphClient(parameters.origin);
  const { rangeSize } = parameters;
  return uploads(parameters, async (source, size) => {
    const upload = await LargeAttachmentTask.create(client, MESSAGE, source, { name, size, rangeSize });
    await upload.upload();
  });
}

export function attach(parameters) {
  const client = withLargeAttachments(graphClient(parameters.origin));
  const { rangeSize } = parameters;
  return uploads(parameters, (source, size) => client.api(MESSAGE).attach(source, { name, size, rangeSize }));
}

/** Azure DevOps accepts larger ranges and files than Outlook. */
export function azureDevOps(parameters) {
  const { rangeSize, origin } = parameters;
  const client = createAzureDevOpsClient({ organizationUrl: `${origin}/devops`, personalAccessToken: "x" });
  const url = "/p/_apis/wit/attachments";
  return uploads(parameters, (source, size) => client.api(url).attach(source, { name, size, rangeSize }));
}
