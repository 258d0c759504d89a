import { at, isDone, textAt, type Answer } from "../answer.js";
import { Unexpected } from "../errors.js";
import type { Experiment } from "../experiment.js";
import type { Lab } from "../lab.js";
import { dots, file, graph, onSession, range } from "../requests.js";

const service = "drive";

/** The folder of the probe in a drive, below which everything is. It is deleted with all in it. */
export const sharedFolder = (lab: Lab, drive: string): Promise<string> =>
  lab.shared(`folder ${drive}`, async () => {
    const path = `${drive}/root:/${encodeURIComponent(lab.name)}`;
    const strike = lab.made(`the folder "${lab.name}" in ${drive.includes("/sites/") ? "the site" : "the drive"}`, () =>
      removeFolder(lab, path),
    );
    const value = { name: lab.name, folder: {}, "@microsoft.graph.conflictBehavior": "fail" };
    const answer = await lab.ask(graph("POST", `${drive}/root/children`, value, { makes: true }));
    if (!isDone(answer)) strike();
    if (!isDone(answer)) throw new Unexpected(`a new folder gets status ${answer.status}`);
    return path;
  });

async function removeFolder(lab: Lab, path: string): Promise<boolean> {
  const { status } = await lab.ask(graph("DELETE", path));
  return status === 204 || status === 404;
}

const driveOf = (lab: Lab): string => `${lab.me}/drive`;

/** A path of a file of the probe, to which `:/content` and the like are added. */
export const fileIn = async (lab: Lab, name: string): Promise<string> =>
  `${await sharedFolder(lab, driveOf(lab))}/${name}`;

/** A small file that experiments share. */
export const sharedFile = (lab: Lab): Promise<Answer> =>
  lab.shared("file", async () => {
    const answer = await lab.ask(file(`${await fileIn(lab, "small.txt")}:/content`, dots(10)));
    if (!isDone(answer)) throw new Unexpected(`a new file gets status ${answer.status}`);
    return answer;
  });

const kind: Experiment = {
  name: "the drive",
  service,
  facts: { driveKind: { fact: "Kind of the drive", sides: ["business", "personal"] } },
  async run(lab) {
    const { status, body } = await lab.ask(graph("GET", driveOf(lab)));
    if (status !== 200) throw new Unexpected(`the drive gets status ${status}`);
    lab.tell("driveKind", textAt(body, "driveType"));
  },
};

const conflict: Experiment = {
  name: "a name that is taken",
  service,
  facts: {
    driveConflict: {
      fact: "A session that may not replace a file is refused",
      documented: "atLastByte",
      sides: ["atLastByte", "atCreate"],
      client: "The library reports both as the same refusal.",
    },
    driveSessionDefault: {
      fact: "A session by path that names no conflict behavior",
      documented: "fail",
      sides: ["fail", "replace"],
      client: "The library always names it.",
    },
    driveUnknownProperties: { fact: "A property that a file does not have", sides: ["ignore", "refuse"] },
    renamed: { fact: "Name of a second file name.txt that may be renamed", documented: "name 1.txt" },
    driveSessionById: {
      fact: "A session by the id of a file",
      documented: "accept",
      sides: ["accept", "refuse"],
      client: "The library names the file in the URL instead.",
    },
  },
  async run(lab) {
    const { body } = await sharedFile(lab);
    const path = await fileIn(lab, "small.txt");
    const value = { item: { "@microsoft.graph.conflictBehavior": "fail" } };
    const taken = await openAndEnd(lab, `${path}:`, value);
    if (taken < 300 || taken === 409) lab.tell("driveConflict", taken === 409 ? "atCreate" : "atLastByte");
    const open = await lab.ask(graph("POST", `${path}:/createUploadSession`, {}));
    const url = textAt(open.body, "uploadUrl");
    const put = url === "" ? open : await lab.ask(range(url, 0, 10, 10));
    if (put.status === 409 || isDone(put)) lab.tell("driveSessionDefault", isDone(put) ? "replace" : "fail");
    if (url !== "" && !isDone(put)) await lab.ask(onSession("DELETE", url));
    const patch = await lab.ask(graph("PATCH", path, { description: "probe", probe: "probe" }));
    if (isDone(patch)) lab.tell("driveUnknownProperties", "ignore");
    if (patch.status === 400) lab.tell("driveUnknownProperties", "refuse");
    const again = `${path}:/content?@microsoft.graph.conflictBehavior=rename`;
    const copy = (await lab.ask(file(again, dots(10)))).body;
    const form = /^small([\d ()_-]{0,8})\.txt$/.exec(textAt(copy, "name"))?.[1];
    if (form !== undefined) lab.tell("renamed", `name${form}.txt`);
    // The name of the first file may still be held by its deleted sessions.
    const id = textAt(copy, "id") || textAt(body, "id");
    const status = await openAndEnd(lab, `${driveOf(lab)}/items/${encodeURIComponent(id)}`, {});
    if (status < 300 || status === 400) lab.tell("driveSessionById", status < 300 ? "accept" : "refuse");
  },
};

/** The status of a new session, which is deleted. */
async function openAndEnd(lab: Lab, path: string, value: object): Promise<number> {
  const answer = await lab.ask(graph("POST", `${path}/createUploadSession`, value));
  const url = textAt(answer.body, "uploadUrl");
  if (url !== "") await lab.ask(onSession("DELETE", url));
  return answer.status;
}

const content: Experiment = {
  name: "content in one request",
  service,
  facts: {
    driveContent: {
      fact: "Answer to a GET on content",
      documented: "redirect",
      sides: ["redirect", "bytes"],
    },
    driveContentMaximum: {
      fact: "A PUT of more than 4 MiB on content (262144000: it is taken)",
      documented: 262_144_000,
      sides: [262_144_000, 4_194_304],
      client: "The library uses sessions from 4 MB.",
    },
    driveMissingFolders: {
      fact: "A PUT below a folder that does not exist",
      sides: ["create", "refuse"],
    },
    driveEncodedSlash: {
      fact: "%2F in the name of a file",
      sides: ["name", "separator"],
      client: "The library refuses such names before it sends anything.",
    },
  },
  async run(lab) {
    await sharedFile(lab);
    const get = await lab.ask(graph("GET", `${await fileIn(lab, "small.txt")}:/content`));
    if (get.status < 400) lab.tell("driveContent", get.status === 200 ? "bytes" : "redirect");
    const put = async (name: string, count: number) =>
      (await lab.ask(file(`${await fileIn(lab, name)}:/content`, dots(count), { once: true }))).status;
    const long = await put("long.bin", 4_194_305);
    if ((long > 0 && long < 300) || long === 413)
      lab.tell("driveContentMaximum", long === 413 ? 4_194_304 : 262_144_000);
    const missing = await put("missing/small.txt", 10);
    if ((missing > 0 && missing < 300) || missing === 404)
      lab.tell("driveMissingFolders", missing < 300 ? "create" : "refuse");
    const slash = await put("a%2Fb.txt", 10);
    // As a separator it leads to a folder that is missing, which may be refused with 404.
    if (slash > 0 && (slash < 300 || slash === 404)) lab.tell("driveEncodedSlash", "separator");
    if (slash === 400) lab.tell("driveEncodedSlash", "name");
  },
};

const links: Experiment = {
  name: "links",
  service,
  facts: {
    driveRefusedScopes: {
      fact: "Scopes of links that are not allowed",
      sides: ["none", "anonymous", "organization", "both"],
      client: "The library reports the refusal, and deletes the file.",
    },
  },
  async run(lab) {
    const id = textAt((await sharedFile(lab)).body, "id");
    const link = async (scope: string) => {
      const url = `${driveOf(lab)}/items/${encodeURIComponent(id)}/createLink`;
      const { status } = await lab.ask(graph("POST", url, { type: "view", scope }));
      if (status !== 200 && status !== 201 && status !== 403 && status !== 400)
        throw new Unexpected(`status ${status}`);
      return status === 403;
    };
    const [anonymous, organization] = [await link("anonymous"), await link("organization")];
    const one = anonymous ? "anonymous" : organization ? "organization" : "none";
    lab.tell("driveRefusedScopes", anonymous && organization ? "both" : one);
  },
};

export const drive = [kind, conflict, content, links];
export const sizeOf = ({ body }: Answer): number => Number(at(body, "size"));
