import { isDone, lifeIn, listAt, textAt } from "../answer.js";
import { Unexpected, type Experiment } from "../experiment.js";
import type { Lab } from "../lab.js";
import { graph, onSession, range } from "../requests.js";

const service = "print";

/** A job that is never started, with its document. It is cancelled at the end. */
const sharedDocument = (lab: Lab): Promise<string> =>
  lab.shared("print job", async () => {
    const jobs = `/print/shares/${encodeURIComponent(lab.options.printShare ?? "")}/jobs`;
    let id = "";
    const strike = lab.made("a print job that was never started, among your jobs of today", async () => {
      if (id === "") return false;
      const { status } = await lab.ask(graph("POST", `${jobs}/${id}/cancel`));
      return status === 204 || status === 404;
    });
    const job = await lab.ask(graph("POST", jobs, { configuration: {} }, { makes: true }));
    if (!isDone(job)) strike();
    if (!isDone(job)) throw new Unexpected(`a print job gets status ${job.status}`);
    id = encodeURIComponent(textAt(job.body, "id"));
    const documents = `${jobs}/${id}/documents`;
    const first = listAt(job.body, "documents")[0] ?? listAt((await lab.ask(graph("GET", documents))).body, "value")[0];
    return `${documents}/${encodeURIComponent(textAt(first, "id"))}`;
  });

async function open(lab: Lab, size: number) {
  const properties = { documentName: "probe.pdf", contentType: "application/pdf", size };
  const answer = await lab.ask(graph("POST", `${await sharedDocument(lab)}/createUploadSession`, { properties }));
  return { url: textAt(answer.body, "uploadUrl"), answer };
}

const long: Experiment = {
  name: "a session of a document",
  service,
  facts: {
    printSessionSeconds: { fact: "Life of a session, in seconds", sides: "number" },
    printAuthorization: {
      fact: "A token at the upload host",
      documented: "refuse",
      sides: ["refuse", "ignore"],
      client: "The library never sends one.",
    },
    printRefusalStatus: { fact: "Status of a range with another total", sides: [400, 416] },
    printRangeMaximum: {
      fact: "Bytes that a range must be shorter than",
      documented: "10 MB",
      agrees: [10_485_760, 10_000_000],
      sides: [10_485_760, 10_000_000],
      client: "The library sends ranges below 10,000,000 bytes.",
    },
  },
  async run(lab) {
    const { url, answer } = await open(lab, 10_000_100);
    if (url === "") throw new Unexpected(`a session gets status ${answer.status}`);
    const life = lifeIn(answer);
    if (life !== undefined) lab.tell("printSessionSeconds", life);
    const stranger = await lab.ask(onSession("GET", url, { stranger: true }));
    if (stranger.status === 200) lab.tell("printAuthorization", "ignore");
    if (stranger.status === 401) lab.tell("printAuthorization", "refuse");
    lab.tell("printRefusalStatus", (await lab.ask(range(url, 0, 10, 20))).status);
    const { status } = await lab.ask(range(url, 0, 10_000_000, 10_000_100, { once: true }));
    if (status === 202) lab.tell("printRangeMaximum", 10_485_760);
    if (status === 413) lab.tell("printRangeMaximum", 10_000_000);
    await lab.ask(onSession("DELETE", url));
  },
};

const second: Experiment = {
  name: "a second session of a document",
  service,
  facts: {
    printSecondSession: {
      fact: "A session for a document that has all its bytes",
      sides: ["accept", "refuse"],
      client: "The library reads the size of the document first.",
    },
  },
  async run(lab) {
    const first = await open(lab, 10);
    const done = await lab.ask(range(first.url, 0, 10, 10));
    if (done.status !== 201) throw new Unexpected(`the last range gets status ${done.status}`);
    const { url } = await open(lab, 10);
    lab.tell("printSecondSession", url === "" ? "refuse" : "accept");
    if (url !== "") await lab.ask(onSession("DELETE", url));
  },
};

export const print = [long, second];
