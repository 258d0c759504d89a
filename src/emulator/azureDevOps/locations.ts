import type { Reply } from "../api.js";
import type { AzureDevOpsCall, AzureDevOpsContext } from "./call.js";
import { noSuchMethod } from "./replies.js";
import { latestVersion } from "./version.js";
import { json } from "../replies.js";

/** Of the area "wit", as Microsoft's clients ask for it. */
const workItemTrackingArea = "5264459e-e5e0-4bd8-b118-0985e68a4ec5";
const instance = "0f9f0d5c-2d3f-4d35-9a5e-0d1c2b3a4958";
const identity = { id: "d291b0c4-a05c-4ea6-8df1-4b41d5f39eff", providerDisplayName: "Jamal Hartnett" };

/** Ids and templates as Microsoft's clients know them; released "0.0" means previews only. */
const locations = [
  {
    id: "e07b5fa4-1499-494d-a496-64b860fd64ff",
    area: "wit",
    resourceName: "attachments",
    routeTemplate: "{project}/_apis/{area}/{resource}/{id}",
    resourceVersion: 4,
  },
  {
    id: "72c7ddf8-2cdc-4f60-90cd-ab71c14a399b",
    area: "wit",
    resourceName: "workItems",
    routeTemplate: "{project}/_apis/{area}/{resource}/{id}",
    resourceVersion: 3,
  },
  {
    id: "e81700f7-3be2-46de-8624-2eb35882fcaa",
    area: "Location",
    resourceName: "ResourceAreas",
    routeTemplate: "_apis/{resource}/{areaId}",
    resourceVersion: 1,
    released: "0.0",
  },
];

/** Answers OPTIONS `…/_apis[/{area}]`: where each resource is and in which versions, as SDKs ask before all else. */
export function answerLocations({ vary }: AzureDevOpsContext, { head, route, server }: AzureDevOpsCall): Reply {
  if (head.method !== "OPTIONS") return noSuchMethod(head.method);
  const value = locations
    .filter(({ area }) => route.area === undefined || area.toLowerCase() === route.area)
    .map(({ released = vary.azureApiCeiling, ...location }) => ({
      ...location,
      minVersion: "1.0",
      maxVersion: latestVersion(vary, server),
      releasedVersion: released,
    }));
  return json(200, { count: value.length, value });
}

/** Answers GET `…/_apis/resourceAreas`: where the work items are; a Server has no areas (as node-api says). */
export function answerResourceAreas({ url }: AzureDevOpsContext, { head, route, server }: AzureDevOpsCall): Reply {
  if (head.method !== "GET") return noSuchMethod(head.method);
  if (server) return json(200, { count: 0, value: null });
  const area = { id: workItemTrackingArea, name: "wit", locationUrl: `${url}${route.base}/` };
  return json(200, route.id === undefined ? { count: 1, value: [area] } : area);
}

/** Answers GET `…/_apis/connectionData`, with which SDKs check a credential; the values are choices. */
export function answerConnectionData(_context: AzureDevOpsContext, { head, server }: AzureDevOpsCall): Reply {
  if (head.method !== "GET") return noSuchMethod(head.method);
  return json(200, {
    authenticatedUser: identity,
    authorizedUser: identity,
    instanceId: instance,
    deploymentId: instance,
    deploymentType: server ? "onPremises" : "hosted",
    locationServiceData: {},
  });
}
