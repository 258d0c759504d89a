import { S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { uploads } from "../support/source.mjs";

export function s3(parameters) {
  const { origin, rangeSize: partSize } = parameters;
  Upload.MIN_PART_SIZE = Math.min(Upload.MIN_PART_SIZE, partSize); // The default is 5 MiB; all clients use the same ranges.
  const client = new S3Client({
    endpoint: `${origin}/s3`,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: "x", secretAccessKey: "x" },
  });
  return uploads(parameters, (Body) =>
    new Upload({ client, partSize, queueSize: 1, params: { Bucket: "b", Key: "k", Body } }).done(),
  );
}
