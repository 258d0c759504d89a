/** A body that has what the documented answers have, so that each experiment goes its usual way. */
const body = {
  ...{ id: "{id}", rev: 1, size: 523_000, name: "{name}", webUrl: "https://drive.example/small.txt", url: "{url}" },
  ...{ mail: "{you}@example", driveType: "business", deploymentType: "hosted", isDraft: false },
  ...{ uploadUrl: "https://upload.example/{session}", nextExpectedRanges: ["100"] },
  expirationDateTime: "2030-01-01T00:00:00Z",
  documents: [{ id: "{document}" }],
  value: [
    { id: "{id}", members: [{ userId: "{id}" }], resourceName: "attachments", releasedVersion: "7.1", displayName: "" },
  ],
};

const statuses: Readonly<Record<string, number>> = { POST: 201, DELETE: 204 };

/** Takes the place of `fetch` in a dry run, and sends nothing. */
export const imagined = async (target: unknown, init: RequestInit = {}): Promise<Response> => {
  const { method = "GET" } = init;
  const [, end, total] = /-(\d+)\/(\d+)$/.exec(new Headers(init.headers).get("Content-Range") ?? "") ?? [];
  const sends = /\/send$/.test(String(target));
  const part = end === undefined || Number(end) + 1 === Number(total) ? 201 : 202;
  const status = sends ? 202 : method === "PUT" ? part : (statuses[method] ?? 200);
  return new Response(status === 204 ? null : JSON.stringify(body), { status });
};
