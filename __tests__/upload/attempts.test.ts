import type { UploadAttempt } from "../../src/reports.js";
import { Attempts } from "../../src/upload/attempts.js";
import { Upload } from "../../src/upload/upload.js";
import {
  answerOf,
  count,
  created,
  cut,
  failure,
  notConnected,
  Recorded,
  reply,
  sessionOf,
  talk,
  wants,
  type Answer,
} from "../support/fakes";

const range = { start: 4, end: 8, total: 10 };

test("attempts at a range are counted from 1, and again from 1 after it was taken", () => {
  const reported: UploadAttempt[] = [];
  const attempts = new Attempts(() => (attempt) => reported.push(attempt));
  const busy = answerOf(reply(503));
  attempts.end({ range, answer: busy, taken: false }, 1_000);
  attempts.end({ range: { ...range, start: 0 }, answer: busy, taken: false });
  attempts.end({ range, answer: answerOf(wants(8)), taken: true });
  attempts.end({ range, answer: busy, taken: false });
  expect(reported.map(({ range, attempt, wait }) => [range.start, attempt, wait])).toEqual([
    [4, 1, 1_000],
    [0, 1, undefined],
    [4, 2, undefined],
    [4, 1, undefined],
  ]);
});

test.each([
  ["Graph", { "request-id": "r" }, "r"],
  ["Azure DevOps", { "X-VSS-E2EID": "e" }, "e"],
  ["neither", {}, undefined],
])("an attempt names the id of the request as %s does", (_, headers, requestId) => {
  const report = jest.fn();
  new Attempts(() => report).end({ range, answer: answerOf(failure(503, "x", "No.", headers)), taken: false });
  expect(report).toHaveBeenCalledWith({ range, attempt: 1, status: 503, reason: "passing", requestId });
});

/** The attempts of an upload whose second range meets these answers, without their ids. */
async function attemptsOf(...answers: Answer[]) {
  const reported: [start: number, attempt: number, status: number | undefined, reason: string, waited: boolean][] = [];
  const onAttempt = ({ range, attempt, status, reason, wait }: UploadAttempt) =>
    void reported.push([range.start, attempt, status, reason, wait !== undefined]);
  const range = [wants(4), ...answers, wants(8), created()];
  const script = { range, status: answers.map(() => wants(4)), list: [], cancel: [reply(204)] };
  const { place } = talk(script, { retries: 9, onAttempt });
  const upload = new Upload({ ...place, content: new Recorded(count(10)) }, sessionOf({ before: [] }));
  await upload.run().catch(() => {});
  expect([reported[0], reported.at(-1)?.[3]]).toEqual([[0, 1, 200, "taken", false], expect.anything()]);
  return reported.slice(1);
}

const rest = [
  [4, 2, 200, "taken", false],
  [8, 1, 201, "taken", false],
];

test.each<[string, Answer, number | undefined, string]>([
  ["429", failure(429, "x"), 429, "busy"],
  ["503", failure(503, "x"), 503, "passing"],
  ["a lost connection", cut(), undefined, "fetch failed"],
  ["a refused connection", notConnected(), undefined, "fetch failed"],
])(
  "an attempt that ends with %s reports its meaning, and a wait before the next",
  async (_, answer, status, reason) => {
    expect(await attemptsOf(answer)).toEqual([[4, 1, status, reason, true], ...rest]);
  },
);

test("an attempt that ends with 416 is unsure, and names no wait, because the status decides what follows", async () => {
  expect(await attemptsOf(failure(416, "invalidRange"))).toEqual([[4, 1, 416, "unsure", false], ...rest]);
});

test("an attempt that ends with a refusal is the last one", async () => {
  expect(await attemptsOf(failure(507, "quotaLimitReached"))).toEqual([[4, 1, 507, "refused", false]]);
});

test("several attempts at a range are counted", async () => {
  const attempts = await attemptsOf(failure(503, "x"), cut(), failure(429, "x"));
  expect(attempts.map(([start, attempt, , reason]) => [start, attempt, reason])).toEqual([
    [4, 1, "passing"],
    [4, 2, "fetch failed"],
    [4, 3, "busy"],
    [4, 4, "taken"],
    [8, 1, "taken"],
  ]);
});
