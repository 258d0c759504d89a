/** Resumable uploads of Google Cloud Storage. */
export function gcs({ request, headers, origin }) {
  if (request.method === "POST") return { status: 200, headers: { Location: `${origin}/upload/session/1` } };
  const [, end, total] = /(\d+)\/(\d+|\*)$/.exec(headers["content-range"] ?? "") ?? [];
  if (total === "*" || (total !== undefined && Number(end) + 1 < Number(total))) {
    return { status: 308, headers: { Range: `bytes=0-${end}` } };
  }
  return { status: 200, body: { name: "file", bucket: "bucket", size: total ?? "0" } };
}
