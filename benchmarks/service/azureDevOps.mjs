const ID = "6b2266bf-a155-4582-a475-ca4da68193ef";

/** Work item attachments: a chunked upload, or one POST. */
export function azureDevOps({ request, origin }) {
  const path = request.url.split("?")[0];
  const body = { id: ID, url: `${origin}/devops/p/_apis/wit/attachments/${ID}` };
  if (request.method === "POST") return { status: path.endsWith("attachments") ? 202 : 201, body };
  return request.method === "PUT" ? { status: 200, body } : { status: 204 };
}
