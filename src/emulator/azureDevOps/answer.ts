import type { Reply } from "../api.js";
import type { Call, RequestHead } from "../call.js";
import { answerAttachments, deleteAttachment, noAttachment, readAttachment } from "./attachments.js";
import { readQuery, type AzureDevOpsCall, type AzureDevOpsContext } from "./call.js";
import { putChunk } from "./chunks.js";
import { answerConnectionData, answerLocations, answerResourceAreas } from "./locations.js";
import { noController, noProject, noSuchMethod, signInPage } from "./replies.js";
import { readAzureDevOpsPath, type AzureDevOpsRoute } from "./routes.js";
import { refuseCredential, userOf } from "./signIn.js";
import { readVersion, type ApiVersion } from "./version.js";
import { answerWorkItem, createWorkItem, listWorkItems } from "./workItems.js";

/** Answers a request to the Azure DevOps origin: credential first, then path, api-version and resource. */
export function answerAzureDevOps(context: AzureDevOpsContext, call: Call): Reply {
  return withType(answerRequest(context, call));
}

/** Completes the content type of JSON, with the version of the request (inferred). */
function withType(reply: Reply, version = ""): Reply {
  const type = reply.headers["content-type"];
  if (type !== "application/json") return reply;
  return { ...reply, headers: { ...reply.headers, "content-type": `${type}; charset=utf-8${version}` } };
}

function answerRequest(context: AzureDevOpsContext, call: Call): Reply {
  const { pathname } = new URL(call.head.url);
  // The target of a sign-in redirect. An ordinary page is a choice.
  if (pathname.toLowerCase() === "/_signin") return signInPage(200);
  const route = readAzureDevOpsPath(pathname);
  const server = isServer(context, route);
  const user = userOf(context, call.head, server);
  if (!user) return refuseCredential(context, call.head);
  if (!route) return noController(pathname);
  const project = route.project === undefined ? undefined : context.store.project(route.project);
  if (route.project !== undefined && !project) return noProject(route.project);
  return answerRoute(context, { ...call, route, server, user, project, query: readQuery(call.head.url) });
}

/** True if the request has a credential that its URL accepts. */
export const isAuthorized = (context: AzureDevOpsContext, head: RequestHead): boolean =>
  userOf(context, head, isServer(context, readAzureDevOpsPath(new URL(head.url).pathname))) !== undefined;

const isServer = ({ vary }: AzureDevOpsContext, route: AzureDevOpsRoute | undefined): boolean =>
  vary.azureServer || (route?.server ?? false);

/** Locations, areas and connection data need no api-version, because SDKs send none. */
function answerRoute(context: AzureDevOpsContext, call: AzureDevOpsCall): Reply {
  switch (call.route.target) {
    case "locations":
      return answerLocations(context, call);
    case "resourceAreas":
      return answerResourceAreas(context, call);
    case "connectionData":
      return answerConnectionData(context, call);
    case "unknown":
      return noController(new URL(call.head.url).pathname);
  }
  const version = readVersion(call, context.vary);
  return "status" in version
    ? version
    : withType(answerResource(context, call, version), `; api-version=${version.text}`);
}

function answerResource(context: AzureDevOpsContext, call: AzureDevOpsCall, version: ApiVersion): Reply {
  switch (call.route.target) {
    case "attachments":
      return answerAttachments(context, call, version);
    case "attachment":
      return answerAttachment(context, call, version);
    case "workItems":
      return listWorkItems(context, call);
    default:
      return call.route.type === undefined ? answerWorkItem(context, call) : createWorkItem(context, call);
  }
}

function answerAttachment(context: AzureDevOpsContext, call: AzureDevOpsCall, version: ApiVersion): Reply {
  switch (call.head.method) {
    case "PUT":
      return putChunk(context, call, version);
    case "GET":
      return readAttachment(context, call);
    case "DELETE":
      return deleteAttachment(context, call, version);
    default:
      // Some samples POST a chunk. They get this answer (inferred).
      return noSuchMethod(call.head.method);
  }
}

/** Removes the attachment that a request names. */
export function dropAttachment(context: AzureDevOpsContext, head: RequestHead, status = 404): Reply {
  const id = readAzureDevOpsPath(new URL(head.url).pathname)?.id;
  context.store.blobs.delete(id ?? "");
  return noAttachment(id, status);
}
