import { Upload } from "tus-js-client";
import { uploads } from "../support/source.mjs";

export function tus(parameters) {
  const { origin, rangeSize } = parameters;
  return uploads(
    parameters,
    (source, size) =>
      new Promise((onSuccess, onError) => {
        const options = { endpoint: `${origin}/tus`, chunkSize: rangeSize, uploadSize: size, onSuccess, onError };
        new Upload(source, options).start();
      }),
  );
}
