import { at, isDone, listAt, textAt, type Answer } from "../answer.js";
import { Unexpected, type Experiment } from "../experiment.js";
import type { Lab } from "../lab.js";
import { dots, type ProbeRequest } from "../requests.js";

const service = "azureDevOps";
const octets = { "Content-Type": "application/octet-stream" };
const patches = { "Content-Type": "application/json-patch+json" };

/** A request to the organization. */
export const azure = (method: string, url: string, more: Partial<ProbeRequest> = {}): ProbeRequest => ({
  method,
  to: "azureDevOps",
  url,
  ...more,
});

/** The released api-version of attachments, which all requests use. */
const released = (lab: Lab): Promise<string> =>
  lab.shared("api-version", async () => {
    const { status, body } = await lab.ask(azure("OPTIONS", "/_apis/wit"));
    if (status !== 200) throw new Unexpected(`the organization gets status ${status}`);
    const resource = listAt(body, "value").find((one) => textAt(one, "resourceName").toLowerCase() === "attachments");
    return textAt(resource, "releasedVersion") || "7.1";
  });

/** The path of a resource of work items in the project, with the api-version. */
export async function pathTo(lab: Lab, resource: string, query = "", version?: string): Promise<string> {
  const project = encodeURIComponent(lab.options.azureDevOps?.project ?? "");
  return `/${project}/_apis/wit/${resource}?${query}api-version=${version ?? (await released(lab))}`;
}

/** Uploads a small file, or starts an upload in chunks. It is deleted at the end, where the service has DELETE. */
export async function upload(lab: Lab, label: string, chunked = false): Promise<{ id: string; answer: Answer }> {
  const fileName = `${lab.name} ${label}.txt`;
  let id = "";
  const words = `the attachment "${fileName}", which no work item links: the service deletes it after about 30 days`;
  const strike = lab.made(words, async () => {
    if (id === "") return false;
    const url = await pathTo(lab, `attachments/${id}`, "", "7.2-preview.4");
    const { status } = await lab.ask(azure("DELETE", url));
    return status === 200 || status === 204 || status === 404;
  });
  const query = `fileName=${encodeURIComponent(fileName)}&${chunked ? "uploadType=chunked&" : ""}`;
  const body = dots(chunked ? 0 : 10);
  const answer = await lab.ask(
    azure("POST", await pathTo(lab, "attachments", query), { headers: octets, body, makes: true }),
  );
  id = textAt(answer.body, "id");
  if (isDone(answer) && id !== "") return { id, answer };
  strike();
  throw new Unexpected(`an upload gets status ${answer.status}`);
}

const sharedUpload = (lab: Lab) => lab.shared("attachment", () => upload(lab, "simple"));

/** The work item of the probe. Deleting it moves it to the recycle bin of the project. */
const workItem = (lab: Lab): Promise<{ path: string; rev: number }> =>
  lab.shared("work item", async () => {
    let id = "";
    const strike = lab.made(`the work item "${lab.name}"`, async () => {
      if (id === "") return false;
      const { status } = await lab.ask(azure("DELETE", await pathTo(lab, `workitems/${id}`)));
      return status === 200 || status === 204 || status === 404;
    });
    const body = JSON.stringify([{ op: "add", path: "/fields/System.Title", value: lab.name }]);
    const url = await pathTo(lab, "workitems/$Task");
    const answer = await lab.ask(azure("POST", url, { headers: patches, body, makes: true }));
    if (!isDone(answer)) strike();
    id = textAt(answer.body, "id");
    if (!isDone(answer) || id === "") throw new Unexpected(`a new work item gets status ${answer.status}`);
    return { path: `workitems/${id}`, rev: Number(at(answer.body, "rev")) };
  });

async function change(lab: Lab, operations: (rev: number) => readonly object[]): Promise<Answer> {
  const { path, rev } = await workItem(lab);
  const body = JSON.stringify(operations(rev));
  return lab.ask(azure("PATCH", await pathTo(lab, path), { headers: patches, body }));
}

const organization: Experiment = {
  name: "the organization",
  service,
  facts: {
    azureServer: { fact: "It is an Azure DevOps Server", sides: [true, false] },
    azureApiCeiling: {
      fact: "Latest released api-version of attachments",
      sides: ["7.1", "7.0", "6.0", "5.0", "4.1", "3.2", "2.3", "1.0"],
    },
    azureSignIn: {
      fact: "Status of a GET with a credential that is not valid",
      sides: [203, 302, 401],
      client: "The library reports 401 for each of them.",
    },
  },
  async run(lab) {
    lab.tell("azureApiCeiling", await released(lab));
    const { body } = await lab.ask(azure("GET", "/_apis/connectionData"));
    const type = textAt(body, "deploymentType");
    if (type !== "") lab.tell("azureServer", type !== "hosted");
    lab.tell("azureSignIn", (await lab.ask(azure("GET", "/_apis/connectionData", { stranger: true }))).status);
  },
};

const simple: Experiment = {
  name: "an upload in one request",
  service,
  facts: {
    azureUploadStatus: {
      fact: "Status of an upload in one request",
      documented: 201,
      agrees: [201, 200],
      sides: [200, 201, 202],
      client: "The library accepts all of them.",
    },
    azureReturnedUrl: {
      fact: "Host of the URL in the answer",
      documented: "requested",
      sides: ["requested", "otherHost"],
      client: "The library sends its credential to the host that was asked only.",
    },
  },
  async run(lab) {
    const { answer } = await sharedUpload(lab);
    lab.tell("azureUploadStatus", answer.status);
    const [returned, asked] = [textAt(answer.body, "url"), lab.options.azureDevOps?.organizationUrl ?? ""];
    if (!URL.canParse(returned) || !URL.canParse(asked)) return;
    lab.tell("azureReturnedUrl", new URL(returned).host === new URL(asked).host ? "requested" : "otherHost");
  },
};

const linking: Experiment = {
  name: "changes of a work item",
  service,
  facts: {
    azureStaleRevision: {
      fact: "Status of a change of another revision",
      sides: [412, 409, 400],
      client: "The library reads the work item again, and repeats the change.",
    },
    azureMissingAttributes: {
      fact: "A link to a file without attributes",
      sides: ["zeroSize", "refuse"],
      client: "The library always states the size.",
    },
  },
  async run(lab) {
    const stale = await change(lab, (rev) => [
      { op: "test", path: "/rev", value: rev + 100 },
      { op: "add", path: "/fields/System.Title", value: lab.name },
    ]);
    lab.tell("azureStaleRevision", stale.status);
    const url = textAt((await sharedUpload(lab)).answer.body, "url");
    const relation = { rel: "AttachedFile", url };
    const linked = await change(lab, () => [{ op: "add", path: "/relations/-", value: relation }]);
    const size = at(listAt(linked.body, "relations")[0], "attributes", "resourceSize");
    if (linked.status === 400) lab.tell("azureMissingAttributes", "refuse");
    else if (isDone(linked)) lab.tell("azureMissingAttributes", size === 0 || size === undefined ? "zeroSize" : "size");
  },
};

export const azureDevOps = [organization, simple, linking];
