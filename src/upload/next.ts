import type { Answer } from "../http/refusal.js";
import type { ByteRange } from "../range.js";
import type { Step } from "../uploadSession.js";
import { initialState, type Doubt, type Event, type Facts, type Move, type Next, type State } from "./state.js";

/** Decides what an upload does after an event. All doubts about all services are settled here, and nowhere else. */
export function next(state: State, facts: Facts, event: Event): Next {
  switch (event.type) {
    case "begun":
      return afterBegin(state, facts, event);
    case "opened": {
      const replacedAt = state.refusedAt ?? state.replacedAt;
      const fresh = { ...initialState(event.offset, facts.size, false), replacedAt };
      return [fresh, [{ to: "send", gap: { next: event.offset } }]];
    }
    case "sent":
      return afterRange(state, facts, event);
    case "status":
      return afterStatus(state, facts, event);
  }
}

function afterBegin(state: State, facts: Facts, { offset, ask: asks, named }: Event & { type: "begun" }): Next {
  const { size } = facts;
  if (offset >= size && named) return [state, [{ to: "done", created: { attachment: named } }]];
  if (offset >= size && !facts.commits) return [state, renew(state, facts)];
  const begun = { ...state, waited: true };
  if (!asks) return [begun, [{ to: "send", gap: { next: offset } }]];
  return ask(begun, facts, { range: { start: offset, end: offset, total: size }, kind: "unanswered" });
}

function afterRange(before: State, facts: Facts, event: Event & { type: "sent" }): Next {
  const { range, answer, step, reached } = event;
  const state = { ...before, reached, sent: Math.max(before.sent, reached), waited: false };
  if (step) return go({ ...state, guessed: false, refusedAt: undefined }, step, answer);
  const mayLive = facts.tellsStatus && range.end > range.start; // what a commit finds is gone, is gone
  switch (answer.verdict) {
    case "gone":
      return mayLive ? ask(state, facts, doubt(event, "denied")) : [state, renew(state, facts, answer)];
    case "refused":
      if (mayLive && !isFinal(answer)) return ask(state, facts, doubt(event, "denied"));
      break;
    case "busy":
    case "unsent":
      return waiting(answer, again({ ...state, waited: true }, facts, event));
    case "passing":
    case "unheard":
      return waiting(answer, ask(doubting({ ...state, waited: true }, range), facts, doubt(event, "unanswered")));
    case "unsure":
      return ask(doubting(state, range), facts, doubt(event, answer.reply.status < 300 ? "accepted" : "refused"));
    case "tooLarge":
      if (event.smaller) return again(state, facts, event);
      break;
    case "doubtful":
      if (state.unanswered?.start === range.start) return [state, renew(state, facts, answer)];
  }
  return [state, fail(state, facts, answer)];
}

/** An unheard attempt, perhaps of an earlier process, may have completed the file all the same. */
function fail(state: State, facts: Facts, answer: Answer): readonly Move[] {
  const mayBeComplete = state.unanswered !== undefined && state.sent === facts.size;
  return [...(mayBeComplete ? [LOOK] : []), { to: "fail", answer }];
}

/**
 * After a status request, or where none can be made. If the service cannot say where to continue, an `accepted` range is
 * kept and an `unanswered` one is sent again. A `refused` one may already be there, which the next range shows, unless it
 * lies before what was confirmed: then the offset that led there was wrong. After the last range, the item is looked at.
 */
function afterStatus(
  state: State,
  facts: Facts,
  { about, answer, step }: { readonly about: Doubt; readonly answer?: Answer; readonly step?: Step },
): Next {
  const { range, kind } = about;
  const later = answer && ["busy", "passing", "unsent", "unheard"].includes(answer.verdict);
  if (later && !step) return waiting(answer, [{ ...state, waited: true }, [{ to: "ask", about }]]);
  if (kind === "denied" && about.answer)
    return afterDenial(state, facts, { range, refusal: about.answer, answer, step });
  if (step && "next" in step && kind === "refused") return continueThere(state, facts, { ...about, step });
  if (step) return go(state, step, about.answer);
  const mayBeComplete = range.end === facts.size || (range.end > range.start && state.reached === facts.size);
  const [then, moves] = withoutStatus(state, facts, about, answer);
  return [then, mayBeComplete ? [LOOK, ...moves] : moves];
}

function withoutStatus(state: State, facts: Facts, about: Doubt, answer?: Answer): Next {
  const { range, kind } = about;
  if (kind !== "refused") {
    const follows = range.end < facts.size || facts.commits; // otherwise the last range is sent again
    return go(state, { next: kind === "accepted" && follows ? range.end : range.start }, about.answer);
  }
  const { unanswered, guessed, confirmed } = state;
  const kept = unanswered?.start === range.start ? Math.max(unanswered.end, range.end) : range.end;
  if (guessed || kept === facts.size || range.start < confirmed) return [state, renew(state, facts, answer)];
  return go({ ...state, guessed: true }, { next: kept }, about.answer);
}

/** A refused range, the refusal, and what the service said when it was asked for the status. */
interface Denial {
  readonly range: ByteRange;
  readonly refusal: Answer;
  readonly answer?: Answer;
  readonly step?: Step;
}

/**
 * A live session continues where it says. One that answers, but names no offset, gets the range again, unless that was the
 * last one. A dead one is replaced: as often as it takes if the range was refused because of that, else once.
 */
function afterDenial(state: State, facts: Facts, { range, refusal, answer, step }: Denial): Next {
  const answers = (answer?.reply?.status ?? 500) < 300;
  const lives = step ?? (answers && range.end < facts.size ? { next: range.start } : undefined);
  if (lives && "done" in lives) return go(state, lives, refusal);
  if (lives) return continueThere(state, facts, { range, answer: refusal, step: lives });
  const dead = refusal.verdict === "gone" || answer?.verdict === "gone";
  return dead ? replace(state, facts, range, refusal) : [state, fail(state, facts, refusal)];
}

/**
 * Continues at the offset that a live session names. A session that refuses the very range that it needs is replaced: the
 * second time if it finds the range wrong, otherwise when no attempt is left.
 */
function continueThere(
  state: State,
  facts: Facts,
  { range, answer, step }: { readonly range: ByteRange; readonly answer?: Answer; readonly step: { next: number } },
): Next {
  if (!answer || step.next !== range.start) return go(state, step, answer);
  const refused = { ...state, refusedAt: range.start, waited: true };
  const [, otherwise] = replace(refused, facts, range, answer);
  if (answer.verdict === "unsure" && state.refusedAt === range.start) return [refused, otherwise];
  const [then, moves] = go(refused, step, answer);
  return [then, [{ to: "wait", after: answer, otherwise }, ...moves]];
}

/** The refusal is about the file, not about the session: too large, open elsewhere, no room. */
const isFinal = ({ reply }: Answer) => [413, 423, 507].includes(reply?.status ?? 0);

/** Opens another session because of a refusal. A range that is refused there as well is refused for good. */
function replace(state: State, facts: Facts, range: ByteRange, refusal: Answer): Next {
  const isTaken = refusal.reply?.status === 409 && range.end === facts.size; // the name
  const again = state.replacedAt !== undefined && range.start <= state.replacedAt;
  if (refusal.verdict === "refused" && (isTaken || again)) return [state, fail(state, facts, refusal)];
  const refusedAt = refusal.verdict === "refused" ? range.start : state.refusedAt;
  return [{ ...state, refusedAt }, renew(state, facts, refusal)];
}

const LOOK: Move = { to: "look" };

/**
 * The session is gone, or nobody can say what it holds. The file may be complete all the same; otherwise it is sent again
 * from its first byte. The session is discarded first, so that nothing that is still on its way can complete it.
 */
function renew(state: State, facts: Facts, after?: Answer): readonly Move[] {
  return [{ to: "discard" }, ...(state.sent < facts.size ? [] : [LOOK]), { to: "open", after }];
}

/** A range that was not taken is sent again. Ranges after it, sent at the same time, may be there. */
function again(state: State, facts: Facts, event: Event & { type: "sent" }): Next {
  if (state.reached > event.range.end) return ask(state, facts, doubt(event, "unanswered"));
  return go(state, { ...state.gap, next: event.range.start }, event.answer);
}

/** Asks which bytes the service holds. Continues without an answer if the service cannot be asked. */
function ask(state: State, facts: Facts, about: Doubt): Next {
  return facts.tellsStatus ? [state, [{ to: "ask", about }]] : afterStatus(state, facts, { about });
}

/** Progress needs no wait. An offset that stays the same waits once. */
function go(state: State, step: Step, answer: Answer | undefined): Next {
  if ("done" in step) return [state, [{ to: "done", created: step.done }]];
  const sending: State = { ...state, gap: step, confirmed: Math.max(state.confirmed, step.next) };
  const send: Next = [sending, [{ to: "send", gap: step }]];
  return step.next > state.confirmed || state.waited ? send : waiting(answer, send);
}

function waiting(after: Answer | undefined, [state, moves]: Next): Next {
  return [{ ...state, waited: true }, [{ to: "wait", after }, ...moves]];
}

const doubt = ({ range, answer }: Event & { type: "sent" }, kind: Doubt["kind"]): Doubt => ({ range, kind, answer });

function doubting(state: State, range: ByteRange): State {
  const { unanswered } = state;
  const longer = unanswered?.start === range.start && unanswered.end > range.end;
  return longer ? state : { ...state, unanswered: range };
}
