import type { Reply } from "../api.js";
import { json } from "../replies.js";
import type { AzureDevOpsCall, AzureDevOpsContext } from "./call.js";
import { noSuchMethod } from "./replies.js";
import { latestVersion } from "./version.js";

/** The id of the area "wit" in Microsoft's clients. */
const workItemTrackingArea = "5264459e-e5e0-4bd8-b118-0985e68a4ec5";
const instance = "0f9f0d5c-2d3f-4d35-9a5e-0d1c2b3a4958";
const identity = { id: "d291b0c4-a05c-4ea6-8df1-4b41d5f39eff", providerDisplayName: "Jamal Hartnett" };

/** Ids and templates from Microsoft's clients. Released "0.0" means previews only. */
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
    id: "62d3d110-0047-428c-ad3c-4fe872c91c74",
    area: "wit",
    resourceName: "workItems",
    routeTemplate: "{project}/_apis/{area}/{resource}/${type}",
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

/** Answers OPTIONS `…/_apis[/{area}]`, the first request of SDKs, with the place and versions of each resource. */
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

/** Answers GET `…/_apis/resourceAreas` with the place of the work items. A Server has no areas (says node-api). */
export function answerResourceAreas({ url }: AzureDevOpsContext, { head, route, server }: AzureDevOpsCall): Reply {
  if (head.method !== "GET") return noSuchMethod(head.method);
  if (server) return json(200, { count: 0, value: null });
  const area = { id: workItemTrackingArea, name: "wit", locationUrl: `${url}${route.base}/` };
  return json(200, route.id === undefined ? { count: 1, value: [area] } : area);
}

/** Answers GET `…/_apis/connectionData`, which SDKs use to check a credential. The values are choices. */
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
