let offset = 0;

/** tus 1.0 with the creation extension, one upload at a time. */
export function tus({ request, headers, length, origin }) {
  const common = { "Tus-Resumable": "1.0.0" };
  if (request.method === "POST") {
    offset = 0;
    return { status: 201, headers: { ...common, Location: `${origin}/tus/1` } };
  }
  if (request.method === "PATCH") offset = Number(headers["upload-offset"]) + length;
  return { status: request.method === "PATCH" ? 204 : 200, headers: { ...common, "Upload-Offset": `${offset}` } };
}
