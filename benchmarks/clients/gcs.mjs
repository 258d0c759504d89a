import { pipeline } from "node:stream/promises";
import { Storage } from "@google-cloud/storage";
import { uploads } from "../support/source.mjs";

export function gcs(parameters) {
  const { origin, rangeSize: chunkSize, stream } = parameters;
  const storage = new Storage({ apiEndpoint: origin, projectId: "p" });
  const options = { resumable: true, chunkSize, validation: false };
  return uploads(parameters, (source) => {
    const file = storage.bucket("bucket").file("file");
    return stream ? pipeline(source, file.createWriteStream(options)) : file.save(source, options);
  });
}
