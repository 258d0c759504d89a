/** Multipart uploads of S3. */
export function s3({ request, origin }) {
  const { url, method } = request;
  const within = (name, more) =>
    `<?xml version="1.0" encoding="UTF-8"?><${name}><Bucket>b</Bucket><Key>k</Key>${more}</${name}>`;
  if (method === "POST" && /[?&]uploads/.test(url)) {
    return { status: 200, body: within("InitiateMultipartUploadResult", "<UploadId>1</UploadId>") };
  }
  if (method === "POST") {
    const more = `<Location>${origin}/s3/b/k</Location><ETag>"1"</ETag>`;
    return { status: 200, body: within("CompleteMultipartUploadResult", more) };
  }
  return { status: 200, headers: { ETag: '"1"' } };
}
