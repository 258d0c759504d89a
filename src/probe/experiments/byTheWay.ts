import type { Experiment } from "../experiment.js";

/** Facts that the answers to the other experiments show. It sends nothing. */
export const byTheWay: Experiment = {
  name: "by the way",
  service: "any",
  facts: {
    graphRedirect: {
      fact: "Graph redirects requests",
      documented: "none",
      sides: ["none", "within", "elsewhere"],
      client: "The library follows 307 and 308 within the origin of Graph.",
    },
    throttleRedirects: {
      fact: "Requests that were redirected to Throttle.htm",
      documented: 0,
      sides: "number",
      client: "The library waits and repeats them.",
    },
    retryAfterSeconds: { fact: "Retry-After of a limit that was met, in seconds", sides: "number" },
    azureRetryAfterOnSuccess: { fact: "Retry-After of Azure DevOps with a success, in seconds", sides: "number" },
  },
  async run({ tell, traces }) {
    if (traces.asked.has("graph")) tell("graphRedirect", traces.redirect);
    if (traces.asked.has("graph")) tell("throttleRedirects", traces.throttled);
    if (traces.retryAfter !== undefined) tell("retryAfterSeconds", traces.retryAfter);
    if (traces.asked.has("azureDevOps")) tell("azureRetryAfterOnSuccess", traces.azureRetryAfter);
  },
};
