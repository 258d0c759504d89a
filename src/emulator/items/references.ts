import type { Reply } from "../api.js";
import type { GraphCall } from "../call.js";
import { strayIn } from "../graph/requestBody.js";
import { badRequest, refuse } from "../replies.js";
import type { Variations } from "../variations.js";

/** The properties in the metadata of beta. v1.0 has only the first line of them. */
const properties = [
  ...["id", "name", "contentType", "size", "isInline", "lastModifiedDateTime"],
  ...["sourceUrl", "providerType", "permission", "isFolder", "previewUrl", "thumbnailUrl"],
];

export const isReference = (value: Record<string, unknown>): boolean =>
  /^#?microsoft\.graph\.referenceattachment$/i.test(String(value["@odata.type"] ?? ""));

/** Refuses an invalid link to a file in a drive. v1.0 ignores the URL, so it refuses each one unless the variation says otherwise. */
export function refuseReference(
  vary: Variations,
  { route }: GraphCall,
  value: Record<string, unknown>,
): Reply | undefined {
  if (route.resource === "task") return undefined;
  const blind = route.version === "v1.0" && vary.referenceAttachments === "refused";
  if (blind || typeof value.sourceUrl !== "string" || value.sourceUrl === "") {
    // Code and text are a field report, dotnet #634.
    return refuse(400, "ErrorInvalidProperty", "The property 'SourceUrl' is required when creating the entity.");
  }
  const stray = strayIn(value, properties);
  return stray === undefined
    ? undefined
    : badRequest(`The property '${stray}' does not exist on type 'microsoft.graph.referenceAttachment'.`);
}
