import { isDone, keyLike, textAt } from "../answer.js";
import { Unexpected } from "../errors.js";
import type { Experiment } from "../experiment.js";
import { sharedTask } from "../items.js";
import type { Lab } from "../lab.js";
import { attachment, graph, range, type ProbeRequest } from "../requests.js";

const service = "todo";

async function task(lab: Lab): Promise<string> {
  const { id, path, answer } = await sharedTask(lab);
  if (id === "") throw new Unexpected(`a new task gets status ${answer.status}`);
  return path;
}

async function open(lab: Lab, size: number) {
  const value = { attachmentInfo: { attachmentType: "file", name: `${size}.bin`, size } };
  return lab.ask(graph("POST", `${await task(lab)}/attachments/createUploadSession`, value));
}

/** A range of a To Do session goes to Graph, with the token. */
function part(url: string, from: number, to: number, total: number): ProbeRequest {
  const target = new URL(`${url}/content`);
  return range(`${target.pathname}${target.search}`, from, to, total, { to: "graph", secret: true });
}

/** A session of a size that is not refused. */
const sharedSession = (lab: Lab) => lab.shared("todo session", () => open(lab, 4_000_200));

const made: Experiment = {
  name: "a new task",
  service,
  facts: { china: { fact: "There is no To Do", documented: false, sides: [true, false] } },
  async run(lab) {
    const { id, answer } = await sharedTask(lab);
    const none = answer.status === 400 && /segment/.test(textAt(answer.body, "error", "message"));
    if (id !== "" || none) lab.tell("china", none);
    else throw new Unexpected(`a new task gets status ${answer.status}`);
  },
};

const sessions: Experiment = {
  name: "sizes of sessions",
  service,
  facts: {
    todoCreateStatus: { fact: "Status of a new session", documented: 200, sides: [200, 201] },
    todoMaximum: {
      fact: "Largest file of a session, in bytes",
      documented: "25 MB",
      agrees: [26_214_400, 25_000_000],
      sides: [26_214_400, 25_000_000],
      client: "The library checks for 25 MiB and reports the refusal of less.",
    },
  },
  async run(lab) {
    const first = await sharedSession(lab);
    if (!isDone(first)) throw new Unexpected(`a session gets status ${first.status}`);
    lab.tell("todoCreateStatus", first.status);
    if (!isDone(await open(lab, 26_214_400))) {
      return lab.tell("todoMaximum", isDone(await open(lab, 25_000_000)) ? 25_000_000 : "below 25 MB");
    }
    lab.tell("todoMaximum", isDone(await open(lab, 26_214_401)) ? "above 25 MiB" : 26_214_400);
  },
};

const ranges: Experiment = {
  name: "ranges",
  service,
  facts: {
    todoKeys: {
      fact: "Letter case of the keys in an intermediate reply",
      documented: "pascal",
      sides: ["pascal", "camel"],
      client: "The library reads keys in any letter case.",
    },
    todoStrictRange: {
      fact: "A range of 4,000,000 bytes is refused",
      sides: [true, false],
      client: "The library sends shorter ranges.",
    },
    todoStatus: { fact: "Status of a GET on the upload URL" },
  },
  async run(lab) {
    const url = textAt((await sharedSession(lab)).body, "uploadUrl");
    if (url === "") throw new Unexpected("there is no session");
    const first = await lab.ask(part(url, 0, 100, 4_000_200));
    if (!isDone(first)) throw new Unexpected(`the first range gets status ${first.status}`);
    const asked: ProbeRequest = { method: "GET", to: "graph", url: new URL(url).pathname, secret: true };
    const key = keyLike(first, "expirationDateTime");
    if (key) lab.tell("todoKeys", key.startsWith("E") ? "pascal" : "camel");
    lab.tell("todoStatus", (await lab.ask(asked)).status);
    const { status } = await lab.ask({ ...part(url, 100, 4_000_100, 4_000_200), once: true });
    if (status === 200 || status === 413) lab.tell("todoStrictRange", status === 413);
    else throw new Unexpected(`the range gets status ${status}`);
  },
};

const inline: Experiment = {
  name: "a POST above 3 MB",
  service,
  facts: {
    todoInlineOver3MB: {
      fact: "A POST with a file above 3 MB",
      documented: "refuse",
      sides: ["accept", "refuse", "consumer"],
      client: "The library uses a session above 3 MB.",
    },
  },
  async run(lab) {
    const url = `${await task(lab)}/attachments`;
    const post = (count: number) =>
      lab.ask(graph("POST", url, attachment("probe.bin", count, "taskFileAttachment"), { once: true }));
    const { status } = await post(3_000_003);
    if (status !== 201 && status !== 400 && status !== 413) throw new Unexpected(`the POST gets status ${status}`);
    if (status !== 201) return lab.tell("todoInlineOver3MB", "refuse");
    lab.tell("todoInlineOver3MB", isDone(await post(3_200_001)) ? "consumer" : "accept");
  },
};

export const todo = [made, sessions, ranges, inline];
