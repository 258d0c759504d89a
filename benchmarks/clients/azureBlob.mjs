import { BlockBlobClient } from "@azure/storage-blob";
import { uploads } from "../support/source.mjs";

export function azureBlob(parameters) {
  const { origin, rangeSize: blockSize, stream } = parameters;
  const client = new BlockBlobClient(`${origin}/blob/container/file`);
  return uploads(parameters, (source) =>
    stream
      ? client.uploadStream(source, blockSize, 1)
      : client.uploadData(source, { blockSize, maxSingleShotSize: blockSize, concurrency: 1 }),
  );
}
