import type { Reply } from "../api.js";
import type { Call } from "../call.js";
import type { AzureDevOpsRoute } from "./path.js";
import type { AzureDevOpsStore, Project, User } from "./store.js";
import { contentTypeNotSupported } from "./replies.js";
import type { Variations } from "../variations.js";

export interface Credentials {
  readonly personalAccessToken: string;
  readonly otherPersonalAccessToken: string;
  bearer: string;
}

/** What every part of the Azure DevOps side works with; `url` is the origin without a slash at the end. */
export interface AzureDevOpsContext {
  readonly url: string;
  readonly credentials: Credentials;
  readonly now: () => number;
  readonly store: AzureDevOpsStore;
  readonly vary: Variations;
}

/** A call whose credential and path were understood; `query` has its names in lower case. */
export interface AzureDevOpsCall extends Call {
  readonly route: AzureDevOpsRoute;
  readonly query: ReadonlyMap<string, string>;
  readonly user: User;
  /** Azure DevOps Server, not Services. */
  readonly server: boolean;
  readonly project?: Project;
}

/** The names of query parameters in lower case, as their letter case differs between sources. */
export const readQuery = (url: string): Map<string, string> =>
  new Map([...new URL(url).searchParams].map(([name, value]) => [name.toLowerCase(), value]));

/** The absolute base of URLs in answers: that of the request, or the legacy form on another name of this host. */
export function answerBase(context: AzureDevOpsContext, { route, project }: AzureDevOpsCall): string {
  const other = context.vary.azureReturnedUrl === "otherHost";
  const base = other ? context.url.replace("localhost", "127.0.0.1") : `${context.url}${route.base}`;
  return project ? `${base}/${project.id}` : base;
}

/** E2 for a Content-Type that is not one of these; that none at all is refused too is a choice. */
export function refuseContentType({ head }: Call, valid: readonly string[]): Reply | undefined {
  const contentType = head.headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? "";
  return valid.includes(contentType) ? undefined : contentTypeNotSupported(head.method, contentType, valid);
}
