// The Graph client's own upload task.
import { FileUpload, LargeFileUploadTask, StreamUpload } from "@microsoft/microsoft-graph-client";
import { graphClient, MESSAGE } from "../support/graphClient.mjs";
import { uploads } from "../support/source.mjs";

export function sdk(parameters) {
  const { origin, rangeSize, stream } = parameters;
  const client = graphClient(origin);
  const Source = stream ? StreamUpload : FileUpload;
  const url = stream ? "/me/drive/root:/file.bin:/createUploadSession" : `${MESSAGE}/attachments/createUploadSession`;
  return uploads(parameters, async (source, size) => {
    const session = await LargeFileUploadTask.createUploadSession(client, url, {});
    await new LargeFileUploadTask(client, new Source(source, "file.bin", size), session, { rangeSize }).upload();
  });
}
