import type { Reply } from "../api.js";
import type { Variations } from "../variations.js";
import type { AzureDevOpsCall } from "./call.js";
import { noVersion, previewFlagMissing, refuseAzure, versionOutOfRange } from "./replies.js";

/** The only preview, which Services offer beyond their released 7.1 (documented). */
const preview = "7.2";

/** An api-version: "7.1-preview.3" has the number "7.1". */
export interface ApiVersion {
  readonly text: string;
  readonly number: string;
}

/** Reads the version from the query or from `Accept`. Answers 400 if it is absent, too new, or lacks the preview flag. */
export function readVersion({ head, query, server }: AzureDevOpsCall, vary: Variations): ApiVersion | Reply {
  const accepted = /;\s*api-version=([^;,\s]+)/i.exec(head.headers.accept ?? "")?.[1];
  const text = query.get("api-version") ?? accepted;
  if (text === undefined || text === "") return noVersion(head.method);
  const [, number, flag] = /^(\d+\.\d+)(-preview(?:\.\d+)?)?$/.exec(text) ?? [];
  // Refusing a malformed version is a choice.
  if (number === undefined) return refuseAzure(400, `The api-version '${text}' is not valid.`);
  const latest = latestVersion(vary, server);
  if (isBelow(latest, number) || isBelow(number, "1.0")) return versionOutOfRange(number, latest);
  return number === preview && flag === undefined ? previewFlagMissing(number) : { text, number };
}

/** The latest version, previews included. */
export const latestVersion = ({ azureApiCeiling }: Variations, server: boolean): string =>
  azureApiCeiling === "7.1" && !server ? preview : azureApiCeiling;

export function isBelow(one: string, other: string): boolean {
  const [a = 0, b = 0] = one.split(".").map(Number);
  const [c = 0, d = 0] = other.split(".").map(Number);
  return a < c || (a === c && b < d);
}
