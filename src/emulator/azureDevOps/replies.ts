import type { Reply } from "../api.js";
import { html, json } from "../replies.js";

const workItemTracking = "Microsoft.TeamFoundation.WorkItemTracking.Server";
const framework = "Microsoft.TeamFoundation.Framework.Server";
const webApi = "Microsoft.VisualStudio.Services.WebApi";
const common = "Microsoft.VisualStudio.Services.Common";

/** The standard exception in JSON (captured). It names a type and its namespace, which is also its assembly. */
function exception(
  status: number,
  message: string,
  [namespace, typeKey]: readonly [string, string],
  headers: Record<string, string> = {},
): Reply {
  const typeName = `${namespace}.${typeKey}, ${namespace}`;
  const eventId = namespace === workItemTracking ? 3200 : 3000;
  const body = { $id: "1", innerException: null, message, typeName, typeKey, errorCode: 0, eventId };
  return json(status, body, headers);
}

/** A refusal that no source shows. The message is ours and the type general, so no client can rely on them. */
export const refuseAzure = (status: number, message: string): Reply =>
  exception(status, message, [common, "VssServiceException"]);

/** The Web API's own error, inside a collection (captured with 405). */
export const noSuchMethod = (method: string): Reply =>
  json(405, { count: 1, value: { Message: `The requested resource does not support http method '${method}'.` } });

/** The path leads nowhere. The answer is a choice. */
export const noController = (path: string): Reply =>
  exception(404, `The controller for path '${path}' was not found or does not implement IController.`, [
    "System.Web",
    "HttpException",
  ]);

/** TF200016, from general knowledge. The form is a choice. */
export const noProject = (name: string): Reply =>
  exception(
    404,
    `TF200016: The following project does not exist: ${name}. Verify that the name of the project is correct and that the project exists on the specified Azure DevOps Server.`,
    ["Microsoft.TeamFoundation.Core.WebApi", "ProjectDoesNotExistWithNameException"],
  );

/** E3: no api-version (captured). */
export const noVersion = (method: string): Reply =>
  exception(
    400,
    `No api-version was supplied for the "${method}" request. The version must be supplied either as part of the Accept header (e.g. "application/json; api-version=1.0") or as a query parameter (e.g. "?api-version=1.0").`,
    [webApi, "VssVersionNotSpecifiedException"],
  );

/** Field report. */
export const versionOutOfRange = (version: string, latest: string): Reply =>
  exception(
    400,
    `The requested REST API version of ${version} is out of range for this server. The latest REST API version this server supports is ${latest}.`,
    [webApi, "VssVersionOutOfRangeException"],
  );

/** The text is from Microsoft's client resources. */
export const previewFlagMissing = (version: string): Reply =>
  exception(
    400,
    `The requested version "${version}" of the resource is under preview. The -preview flag must be supplied in the api-version for such requests. For example: "${version}-preview"`,
    [webApi, "VssInvalidPreviewVersionException"],
  );

/** E2 (captured for a POST). */
export const contentTypeNotSupported = (method: string, contentType: string, valid: readonly string[]): Reply =>
  exception(
    400,
    `The request indicated a Content-Type of "${contentType}" for method type "${method}" which is not supported. Valid content types for this method are: ${valid.join(", ")}.`,
    [webApi, "VssRequestContentTypeNotSupportedException"],
  );

/** E1: the message is a field report, the rest is a choice. */
export const attachmentTooLarge = (status: number, maximum: number): Reply =>
  refuseAzure(
    status,
    `TF237082: The file you are trying to upload exceeds the supported file upload size (${(maximum / 1048576).toFixed(3)} MB(s)). Instead of uploading the file, add the file to version control or to the team project web site, and then link the file to the work item.`,
  );

/** E4 (captured for a PATCH). */
export const unauthorized = (): Reply =>
  exception(401, "TF400813: The user '' is not authorized to access this resource.", [
    framework,
    "UnauthorizedRequestException",
  ]);

/** E5 (captured). */
export const requestBlocked = (headers: Record<string, string>): Reply =>
  exception(
    429,
    `Request was blocked due to exceeding usage of resource 'Count' in namespace 'AnonymousId'. For more information on why your request was blocked, see the topic "Rate limits" on the Microsoft Web site (https://go.microsoft.com/fwlink/?LinkId=823950).`,
    [framework, "RequestBlockedException"],
    headers,
  );

/** VS402330 (captured). Its status is a choice. */
export const unauthorizedRead = (status: number, areaPath = ""): Reply =>
  exception(status, `VS402330: Unauthorized Read access to the attachment under the areas ${areaPath}`, [
    workItemTracking,
    "WorkItemUnauthorizedAttachmentException",
  ]);

/** VS403313. The message is a field report, 400 is inferred. */
export const tooManyAttachments = (): Reply =>
  exception(
    400,
    "VS403313: The number of attachments exceeded the limit. One work item should contain no more than 100 attachments.",
    [workItemTracking, "WorkItemAttachmentExceedsLimitException"],
  );

/** TF401232 (field report). */
export const noWorkItem = (id: string): Reply =>
  exception(404, `TF401232: Work item ${id} does not exist, or you do not have permissions to read it.`, [
    workItemTracking,
    "WorkItemUnauthorizedAccessException",
  ]);

/** VS403351 (field report). */
export const testFailed = (path: string, value: unknown, expected: unknown): Reply =>
  exception(
    412,
    `VS403351: Test Operation for path ${path} failed, value ${String(value)} was not equal to test value ${String(expected)}.`,
    [`${webApi}.Patch`, "TestPatchOperationFailedException"],
  );

/** TF26071, unless the status is that of VS403351 (field reports). */
export const staleRevision = (status: number): Reply | undefined =>
  status === 412
    ? undefined
    : exception(
        status,
        "TF26071: This work item has been changed by someone else since you opened it. You will need to refresh it and discard your changes.",
        [workItemTracking, "WorkItemRevisionMismatchException"],
      );

/** A relation that does not have the form of the model (field report). */
export const badRelation = (value: unknown): Reply =>
  invalidPatch(
    `Value ${JSON.stringify(value)} does not match the expected type Microsoft.TeamFoundation.WorkItemTracking.WebApi.Models.WorkItemRelation.`,
  );

/** The type is a field report for a relation. Using it for other mistakes is a choice. */
export const invalidPatch = (message: string): Reply =>
  exception(400, message, [common, "VssPropertyValidationException"]);

/** The work item has over 10,000 revisions (documented). */
export const tooManyRevisions = (id: number, revisions: number): Reply =>
  refuseAzure(
    500,
    `Work item ${id} has ${revisions} revisions, but currently, when updating via the API, only work items with up to 10,000 revisions are supported.`,
  );

/** The page of the front end (general; not captured on attachments). */
export const lengthRequired = (): Reply =>
  html(
    411,
    `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN""http://www.w3.org/TR/html4/strict.dtd">\r\n<HTML><HEAD><TITLE>Length Required</TITLE></HEAD>\r\n<BODY><h2>Length Required</h2>\r\n<hr><p>HTTP Error 411. The request must be chunked or have a content length.</p>\r\n</BODY></HTML>\r\n`,
  );

/** The sign-in page of a browser. */
export const signInPage = (status: number): Reply => ({
  ...html(
    status,
    "<!DOCTYPE html><html><head><title>Azure DevOps Services | Sign In</title></head><body></body></html>",
  ),
  headers: { "content-type": "text/html; charset=utf-8" },
});

/** The redirect to that page (field report). */
export function signInRedirect(origin: string): Reply {
  const location = `${origin}/_signin?realm=dev.azure.com`;
  const page = `<html><head><title>Object moved</title></head><body><h2>Object moved to <a href="${location}">here</a>.</h2></body></html>`;
  return { ...html(302, page), headers: { "content-type": "text/html; charset=utf-8", location } };
}
