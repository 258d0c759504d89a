const END = /-(\d+)\/(\d+)$/;

/** Upload sessions of Outlook and of drives, and the listing of attachments. */
export function graph({ request, headers, origin }) {
  const { url, method } = request;
  if (method === "POST" && url.includes("createUploadSession")) {
    const kind = url.includes("/attachments/") ? "attachmentSessions" : "drive";
    const body = {
      uploadUrl: `${origin}/sessions/${kind}/1`,
      expirationDateTime: new Date(Date.now() + 86_400_000).toISOString(),
      nextExpectedRanges: ["0-"],
    };
    return { status: kind === "drive" ? 200 : 201, body };
  }
  if (method === "PUT") return range(url, headers["content-range"] ?? "", origin);
  if (method === "GET") return { status: 200, body: { value: [] } };
  if (method === "POST") return { status: 201, body: { id: "1", name: "file", size: 1 } };
  return { status: 204 };
}

function range(url, contentRange, origin) {
  const [, last, total] = END.exec(contentRange) ?? [];
  if (total === undefined) return { status: 400, body: { error: { code: "x", message: "no Content-Range" } } };
  if (Number(last) + 1 < Number(total)) {
    return { status: url.includes("drive") ? 202 : 200, body: { nextExpectedRanges: [`${Number(last) + 1}-`] } };
  }
  if (url.includes("drive")) return { status: 201, body: { id: "1", name: "file", size: Number(total), file: {} } };
  const Location = `${origin}/v1.0/me/messages/1/attachments/${encodeURIComponent("AAMk1")}`;
  return { status: 201, headers: { Location } };
}
