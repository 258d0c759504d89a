import { noAnswer, NoReply, type Answer } from "../../src/http/refusal.js";
import type { Verdict } from "../../src/protocol.js";
import { next } from "../../src/upload/next.js";
import { initialState, type Doubt, type Event, type Facts, type Move, type State } from "../../src/upload/state.js";
import type { Step } from "../../src/uploadSession.js";
import { failure, reply } from "../support/fakes.js";

// The whole table of doubts: what an upload of 400 bytes in ranges of 100 does after each event. The range from 100 to 200
// has just been sent, and the service has confirmed 100.
const facts: Facts = { size: 400, tellsStatus: true, commits: false };
const noStatus: Facts = { ...facts, tellsStatus: false };
const fresh: State = { ...initialState(100, 400, false), gap: { next: 100 }, waited: false };
const range = { start: 100, end: 200, total: 400 };
const last = { start: 300, end: 400, total: 400 };

type Outcome = Verdict | "unsent" | "unheard";

function answerOf(outcome: Outcome, status = 400): Answer {
  if (outcome === "unsent") return noAnswer(new NoReply("refused", true));
  if (outcome === "unheard") return noAnswer(new NoReply("reset"));
  return { reply: outcome === "unsure" ? reply(status) : failure(status, "x"), verdict: outcome };
}

interface Sent {
  readonly start?: number;
  readonly end?: number;
  readonly step?: Step;
  readonly status?: number;
  /** End of the last range that was sent at the same time. */
  readonly reached?: number;
  readonly smaller?: boolean;
}

function sent(outcome: Outcome, { start = 100, end = 200, step, status, reached = end, smaller = false }: Sent): Event {
  const answer = answerOf(outcome, status);
  return { type: "sent", range: { start, end, total: 400 }, answer, step, reached, smaller };
}

function status(kind: Doubt["kind"], asked: Partial<Doubt>, outcome: Outcome, step?: Step): Event {
  const about = { range, kind, ...asked };
  return { type: "status", about, answer: answerOf(outcome, outcome === "unsure" ? 200 : 400), step };
}

const unexpected = { answer: answerOf("unsure", 416) };
const gone = { answer: answerOf("gone", 404) };
const refused = { answer: answerOf("refused", 403) };

/** Moves in words: `wait > ask unanswered`. */
function words(moves: readonly Move[]): string {
  const word = (move: Move): string => {
    if (move.to === "send") return `send ${move.gap.next}${move.gap.until === undefined ? "" : `-${move.gap.until}`}`;
    if (move.to === "wait" && move.otherwise) return `wait (or ${words(move.otherwise)})`;
    return move.to === "ask" ? `ask ${move.about.kind}` : move.to;
  };
  return moves.map(word).join(" > ");
}

const done: Step = { done: { attachment: {} } };

describe("after a range", () => {
  test.each<[what: string, state: Partial<State>, facts: Facts, event: Event, expected: string]>([
    // the service has taken it
    ["taken", {}, facts, sent("unsure", { step: { next: 200 } }), "send 200"],
    ["taken, with a gap behind it", {}, facts, sent("unsure", { step: { next: 200, until: 300 } }), "send 200-300"],
    ["taken, and the file is complete", {}, facts, sent("unsure", { ...last, step: done }), "done"],
    ["the same range is needed again", {}, facts, sent("unsure", { step: { next: 100 } }), "wait > send 100"],
    ["an earlier range is needed again", {}, facts, sent("unsure", { step: { next: 0 } }), "wait > send 0"],
    // it was certainly not taken
    ["busy", {}, facts, sent("busy", {}), "wait > send 100"],
    ["busy, others were sent after it", {}, facts, sent("busy", { reached: 300 }), "wait > ask unanswered"],
    ["busy, others were sent, no status", {}, noStatus, sent("busy", { reached: 300 }), "wait > send 100"],
    ["it never left", {}, facts, sent("unsent", {}), "wait > send 100"],
    ["it never left, no status", {}, noStatus, sent("unsent", {}), "wait > send 100"],
    ["too large, and smaller ones are possible", {}, facts, sent("tooLarge", { smaller: true }), "wait > send 100"],
    ["too large, and it cannot be smaller", {}, facts, sent("tooLarge", {}), "fail"],
    // it may have been taken
    ["no reply", {}, facts, sent("unheard", {}), "wait > ask unanswered"],
    ["no reply, no status", {}, noStatus, sent("unheard", {}), "wait > send 100"],
    ["no reply to the last range, no status", {}, noStatus, sent("unheard", last), "wait > look > send 300"],
    ["a temporary failure", {}, facts, sent("passing", {}), "wait > ask unanswered"],
    ["a success that says nothing", {}, facts, sent("unsure", { status: 200 }), "ask accepted"],
    ["a success that says nothing, no status", {}, noStatus, sent("unsure", { status: 200 }), "send 200"],
    ["an unexpected range", {}, facts, sent("unsure", { status: 416 }), "ask refused"],
    ["an unexpected range, no status: it may be there", {}, noStatus, sent("unsure", { status: 416 }), "send 200"],
    [
      "an unexpected range after a guess, no status",
      { guessed: true },
      noStatus,
      sent("unsure", { status: 416 }),
      "discard > open",
    ],
    [
      "an unexpected range before what was confirmed",
      { confirmed: 150 },
      noStatus,
      sent("unsure", { status: 416 }),
      "discard > open",
    ],
    [
      "the last range is unexpected, no status",
      {},
      noStatus,
      sent("unsure", { ...last, status: 416 }),
      "look > discard > look > open",
    ],
    [
      "a part of a longer unheard range is unexpected",
      { unanswered: { ...range, end: 300 } },
      noStatus,
      sent("unsure", { status: 416 }),
      "send 300",
    ],
    // the session
    ["the session is said to be gone", {}, facts, sent("gone", {}), "ask denied"],
    ["the session is gone, no status", {}, noStatus, sent("gone", {}), "discard > open"],
    ["the session is gone after the last range, no status", {}, noStatus, sent("gone", last), "discard > look > open"],
    ["a commit finds it gone", {}, { ...facts, commits: true }, sent("gone", { start: 400, end: 400 }), "discard > look > open"], // prettier-ignore
    // it was refused
    ["refused", {}, facts, sent("refused", {}), "ask denied"],
    ["refused, no status", {}, noStatus, sent("refused", {}), "fail"],
    ["refused because of the file", {}, facts, sent("refused", { status: 507 }), "fail"],
    ["a commit is refused", {}, { ...facts, commits: true }, sent("refused", { start: 400, end: 400 }), "fail"],
    ["refused, after an unheard one, half-way", { unanswered: range }, noStatus, sent("refused", {}), "fail"],
    [
      "refused, after all bytes were sent unheard",
      { unanswered: range, sent: 400 },
      noStatus,
      sent("refused", {}),
      "look > fail",
    ],
    ["a doubtful refusal without a doubt", {}, facts, sent("doubtful", {}), "fail"],
    [
      "a doubtful refusal after an unheard attempt",
      { unanswered: range },
      facts,
      sent("doubtful", {}),
      "discard > open",
    ],
    [
      "a doubtful refusal of the last range after an unheard attempt",
      { unanswered: last },
      facts,
      sent("doubtful", last),
      "discard > look > open",
    ],
  ])("%s", (_, state, given, event, expected) => {
    expect(words(next({ ...fresh, ...state }, given, event)[1])).toBe(expected);
  });
});

describe("after a status request", () => {
  test.each<[what: string, state: Partial<State>, facts: Facts, event: Event, expected: string]>([
    ["it has the range", {}, facts, status("unanswered", {}, "unsure", { next: 200 }), "send 200"],
    [
      "it does not have the range",
      { waited: true },
      facts,
      status("unanswered", {}, "unsure", { next: 100 }),
      "send 100",
    ],
    [
      "it needs the range that it refused",
      {},
      facts,
      status("refused", {}, "unsure", { next: 100 }),
      "wait > send 100",
    ],
    [
      "it needs the range that it has refused before",
      { refusedAt: 100 },
      facts,
      status("refused", unexpected, "unsure", { next: 100 }),
      "discard > open",
    ],
    [
      "it needs another range than the one that it has refused",
      { refusedAt: 100 },
      facts,
      status("refused", unexpected, "unsure", { next: 200 }),
      "send 200",
    ],
    ["the session lives", {}, facts, status("denied", gone, "unsure", { next: 100 }), "wait (or discard > open) > send 100"], // prettier-ignore
    ["the session lives, and is needed", { refusedAt: 100 }, facts, status("denied", gone, "unsure", { next: 100 }), "wait (or discard > open) > send 100"], // prettier-ignore
    ["the session lives, and has the range", {}, facts, status("denied", gone, "unsure", { next: 200 }), "send 200"],
    ["the session lives, but names no range", {}, facts, status("denied", gone, "unsure"), "wait (or discard > open) > send 100"], // prettier-ignore
    ["the session is gone", {}, facts, status("denied", gone, "gone"), "discard > open"],
    ["the session is gone, after a refusal", {}, facts, status("denied", refused, "gone"), "discard > open"],
    ["nobody can tell, after a refusal", {}, facts, status("denied", refused, "refused"), "fail"],
    ["nobody can tell, after it was said to be gone", {}, facts, status("denied", gone, "refused"), "discard > open"],
    [
      "the session lives, and another was refused there",
      { replacedAt: 100 },
      facts,
      status("denied", refused, "unsure", { next: 100 }),
      "wait (or fail) > send 100",
    ],
    ["the name is taken", {}, facts, status("denied", { range: last, answer: answerOf("refused", 409) }, "unsure"), "fail"], // prettier-ignore
    [
      "the last range completed the file",
      { sent: 400 },
      facts,
      status("denied", { range: last, answer: answerOf("gone", 404) }, "gone"),
      "discard > look > open",
    ],
    ["it is busy, after a refusal", {}, facts, status("denied", gone, "busy"), "wait > ask denied"],
    ["it is busy", {}, facts, status("unanswered", {}, "busy"), "wait > ask unanswered"],
    ["it does not reply", {}, facts, status("refused", {}, "unheard"), "wait > ask refused"],
    ["it cannot be reached", {}, facts, status("refused", {}, "unsent"), "wait > ask refused"],
    ["it refuses to say, after no reply", { waited: true }, facts, status("unanswered", {}, "refused"), "send 100"],
    ["it refuses to say, after a success", {}, facts, status("accepted", {}, "gone"), "send 200"],
    ["it refuses to say, after a refusal", {}, facts, status("refused", {}, "gone"), "send 200"],
    ["it refuses to say twice", { guessed: true }, facts, status("refused", {}, "gone"), "discard > open"],
    [
      "it refuses to say, and the last range was accepted",
      {},
      facts,
      status("accepted", { range: last }, "gone"),
      "look > send 300",
    ],
    [
      "it refuses to say, and the file needs a commit",
      {},
      { ...facts, commits: true },
      status("accepted", { range: last }, "gone"),
      "look > send 400",
    ],
    [
      "it refuses to say, and all others were sent at the same time",
      { reached: 400, waited: true },
      facts,
      status("unanswered", {}, "gone"),
      "look > send 100",
    ],
  ])("%s", (_, state, given, event, expected) => {
    expect(words(next({ ...fresh, ...state }, given, event)[1])).toBe(expected);
  });
});

describe("at the beginning", () => {
  const begun = (offset: number, ask: boolean, named?: object): Event => ({ type: "begun", offset, ask, named });
  test.each<[what: string, facts: Facts, event: Event, expected: string]>([
    ["a new session", facts, begun(0, false), "send 0"],
    ["a stored session", facts, begun(100, true), "ask unanswered"],
    ["a stored session, no status", noStatus, begun(100, true), "send 100"],
    ["all bytes were sent, and the attachment is known", facts, begun(400, true, {}), "done"],
    ["all bytes were sent, and the attachment is not known", facts, begun(400, true), "discard > look > open"],
    [
      "all bytes were sent, and the file needs a commit",
      { ...noStatus, commits: true },
      begun(400, true),
      "look > send 400",
    ],
    ["another session was opened", facts, { type: "opened", offset: 0 }, "send 0"],
  ])("%s", (_, given, event, expected) => {
    const state = initialState("offset" in event ? event.offset : 0, 400, event.type === "begun" && event.ask);
    expect(words(next(state, given, event)[1])).toBe(expected);
  });
});

describe("the state", () => {
  const after = (state: Partial<State>, event: Event, given = facts) => next({ ...fresh, ...state }, given, event)[0];

  test("keeps the furthest offset that was confirmed", () => {
    expect(after({}, sent("unsure", { step: { next: 200 } })).confirmed).toBe(200);
    expect(after({ confirmed: 300 }, sent("unsure", { step: { next: 200 } })).confirmed).toBe(300);
  });

  test("remembers how far bytes may have reached the service", () => {
    expect(after({ sent: 100 }, sent("unheard", { reached: 300 })).sent).toBe(300);
    expect(after({ sent: 400 }, sent("unheard", { reached: 300 })).sent).toBe(400);
  });

  test("remembers the longest range without a reply, so that a part of it that is refused is not taken for the whole", () => {
    expect(after({}, sent("unheard", {})).unanswered).toEqual(range);
    expect(after({ unanswered: { ...range, end: 300 } }, sent("unheard", {})).unanswered?.end).toBe(300);
    expect(after({}, sent("busy", {})).unanswered).toBeUndefined();
    expect(after({}, sent("unsent", {})).unanswered).toBeUndefined();
  });

  test("assumes only once that a refused range is there, until a reply brings certainty", () => {
    expect(after({}, sent("unsure", { status: 416 }), noStatus).guessed).toBe(true);
    expect(after({ guessed: true }, sent("unsure", { step: { next: 200 } })).guessed).toBe(false);
  });

  test("remembers where a range was refused until one is taken, so that the next session is not refused there for ever", () => {
    const refusing = after({}, status("denied", refused, "gone"));
    expect(refusing.refusedAt).toBe(100);
    expect(after(refusing, { type: "opened", offset: 0 }).replacedAt).toBe(100);
    expect(after(refusing, sent("unsure", { step: { next: 200 } })).refusedAt).toBeUndefined();
  });

  test("starts anew with another session", () => {
    const used = { confirmed: 300, sent: 400, guessed: true, unanswered: range };
    const state = after(used, { type: "opened", offset: 0 });
    expect(state).toMatchObject({ confirmed: 0, sent: 0, guessed: false, unanswered: undefined });
  });
});
