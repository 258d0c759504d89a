/** A body that has what the documented answers have, so that each experiment goes its usual way. */
const body = {
  ...{ id: "some-id", rev: 1, size: 523_000, name: "some-name", url: "https://some.example" },
  ...{ mail: "you@some.example", driveType: "business", deploymentType: "hosted", isDraft: false },
  ...{ webUrl: "https://some.example/small.txt", uploadUrl: "https://some.example/up", nextExpectedRanges: ["100"] },
  expirationDateTime: "2030-01-01T00:00:00Z",
  documents: [{ id: "some-id" }],
};
const resource = { resourceName: "attachments", releasedVersion: "7.1" };
const listed = { id: "some-id", members: [{ userId: "some-id" }], ...resource };

/** Makes what takes the place of `fetch` in a dry run. It sends nothing, and lists what was not deleted. */
export function imagine(): typeof fetch {
  let deleted = false;
  let looked = false;
  return async (target, init = {}) => {
    const { method = "GET" } = init;
    const url = String(target);
    if (method === "DELETE") deleted = true;
    if (method === "POST") deleted = false;
    const mails = /startswith\(subject,'(.* mail)'/.exec(decodeURIComponent(url))?.[1];
    let value: object[] = deleted && url.includes("subject%20eq") ? [] : [listed];
    if (mails !== undefined) {
      value = looked ? [] : ["sent", "deferred"].map((label) => ({ ...listed, subject: `${mails} ${label}` }));
      looked = true;
    }
    const status = statusOf(method, url, new Headers(init.headers).get("Content-Range") ?? "");
    return new Response(status === 204 ? null : JSON.stringify({ ...body, value }), { status });
  };
}

function statusOf(method: string, url: string, contentRange: string): number {
  const [, end, total] = /-(\d+)\/(\d+)$/.exec(contentRange) ?? [];
  if (end !== undefined && Number(end) + 1 < Number(total)) return 202;
  if (method === "DELETE" || /\/(cancel|softDelete)$/.test(url)) return 204;
  if (url.endsWith("/send")) return 202;
  if (/\/(chats\/.*\/messages|attachments\/.*-00000000beef.*)$/.test(url) && method !== "GET") return 400;
  return method === "POST" || method === "PUT" ? 201 : 200;
}
