import type { ShownExchange, ShownStep, Timeline } from "../snapshot.js";
import { byId, element, setText } from "./elements.js";

const SVG = "http://www.w3.org/2000/svg";
/** A sign for each outcome, because not everybody sees the colors. */
const signs: Readonly<Record<ShownStep["outcome"], string>> = {
  done: "✓",
  failed: "!",
  refused: "✕",
  lost: "?",
  waiting: "…",
};

/** The row of a request. It stays the same element, so that it keeps the focus while others appear. */
interface Row {
  readonly item: HTMLElement;
  readonly button: HTMLElement;
  readonly bar: SVGElement;
  readonly result: HTMLElement;
}
let rows = new Map<number, Row>();

/** Shows each file with a bar for each of its requests. */
export function showTimelines(timelines: readonly Timeline[]): void {
  const before = rows;
  rows = new Map();
  const focused = document.activeElement;
  const shown = timelines.map(({ heading, steps, duration }) => {
    const items = steps.map((step) => {
      const row = before.get(step.number) ?? createRow(step.number);
      rows.set(step.number, row);
      update(row, step, duration);
      return row.item;
    });
    const time = element("p", "faint", `${(duration / 1000).toFixed(2)} s`);
    return element("article", "", element("h3", "", heading), element("ol", "steps", ...items), time);
  });
  byId("timelines").replaceChildren(...(shown.length > 0 ? shown : [element("p", "faint", "No requests yet.")]));
  if (focused instanceof HTMLElement && focused.isConnected && focused !== document.activeElement) focused.focus();
}

function createRow(number: number): Row {
  const drawing = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({
    viewBox: "0 0 1000 10",
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  }))
    drawing.setAttribute(name, value);
  const bar = document.createElementNS(SVG, "rect");
  bar.setAttribute("height", "10");
  drawing.append(bar);
  const result = element("span", "result");
  const button = element("button", "step", element("span", "label"), drawing, result);
  button.setAttribute("type", "button");
  button.onclick = () => showExchange(number);
  return { item: element("li", "", button), button, bar, result };
}

function update(
  { button, bar, result }: Row,
  { label, outcome, result: text, from, to }: ShownStep,
  duration: number,
): void {
  const place = (time: number): number => (duration > 0 ? (1000 * time) / duration : 1000);
  const width = Math.max(6, place(to) - place(from));
  bar.setAttribute("x", String(duration > 0 ? Math.min(place(from), 1000 - width) : 0));
  bar.setAttribute("width", String(width));
  bar.setAttribute("class", outcome);
  setText(button.firstElementChild!, label);
  setText(result, `${signs[outcome]} ${text}`);
  result.className = `result ${outcome}`;
}

/** Shows a request and its answer in a dialog, which Escape closes. */
async function showExchange(number: number): Promise<void> {
  const response = await fetch(`/api/requests/${number}`);
  if (!response.ok) return;
  const { title, request, answer } = (await response.json()) as ShownExchange;
  setText(byId("exchange-title"), title);
  setText(byId("exchange-request"), request);
  setText(byId("exchange-answer"), answer);
  byId<HTMLDialogElement>("exchange").showModal();
}
