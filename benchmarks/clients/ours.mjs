// This library, from its last build.
import { createAzureDevOpsClient, LargeAttachmentTask, withLargeAttachments } from "../../dist/esm/index.js";
import { rangeFetch } from "../../dist/esm/node/index.js";
import { graphClient, MESSAGE } from "../support/graphClient.mjs";
import { uploads } from "../support/source.mjs";

const name = "file.bin";
/** `lean`: ranges are sent by `rangeFetch`. */
const sender = ({ lean }) => (lean ? { fetch: rangeFetch() } : {});

export function task(parameters) {
  const client = graphClient(parameters.origin);
  const { rangeSize } = parameters;
  return uploads(parameters, async (source, size) => {
    const upload = await LargeAttachmentTask.create(client, MESSAGE, source, { name, size, rangeSize });
    await upload.upload();
  });
}

export function attach(parameters) {
  const client = withLargeAttachments(graphClient(parameters.origin), sender(parameters));
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

/** A drive accepts larger ranges and files than Outlook, too, and its ranges need no token. */
export function drive(parameters) {
  const { rangeSize, origin } = parameters;
  const client = withLargeAttachments(graphClient(origin), sender(parameters));
  return uploads(parameters, (source, size) =>
    client.api("/me/drive/root:/file.bin:").attach(source, { size, rangeSize }),
  );
}
