import type { StepOutcome, TimelineOptions, UploadInfo, UploadStep } from "../api.js";
import { sizeText } from "./steps.js";

const WIDTH = 880;
const ROW = 24;
const BARS = { start: 250, end: 620 };
const MARGIN = 16;
/** The number of rows from which ranges are joined. */
const LONG = 40;

/** A sign for each outcome, because not everybody sees the colors. */
const signs: Readonly<Record<StepOutcome, string>> = { done: "✓", failed: "!", refused: "✕", lost: "?", waiting: "…" };

/** Colors have a contrast of at least 4.5 with the background. System colors replace them in forced colors. */
const STYLE = `
.tl{--back:#fff;--text:#1f2328;--faint:#59636e;--line:#d1d9e0;--done:#1a7f37;--failed:#9a6700;--refused:#cf222e;--lost:#8250df;--waiting:#59636e;font:13px system-ui,sans-serif}
@media(prefers-color-scheme:dark){.tl{--back:#0d1117;--text:#f0f6fc;--faint:#9198a1;--line:#3d444d;--done:#3fb950;--failed:#d29922;--refused:#f85149;--lost:#bc8cff;--waiting:#9198a1}}
@media(forced-colors:active){.tl{--back:Canvas;--text:CanvasText;--faint:CanvasText;--line:GrayText;--done:CanvasText;--failed:Highlight;--refused:Highlight;--lost:CanvasText;--waiting:GrayText}}
.tl .back{fill:var(--back)}.tl text{fill:var(--text)}.tl .faint{fill:var(--faint)}.tl .name{font-weight:600}.tl line{stroke:var(--line)}
.tl .done{fill:var(--done)}.tl .failed{fill:var(--failed)}.tl .refused{fill:var(--refused)}.tl .waiting{fill:var(--waiting)}
.tl rect.lost{fill:none;stroke:var(--lost);stroke-width:2;stroke-dasharray:4 3}.tl text.lost{fill:var(--lost)}
`.replaceAll("\n", "");

/** Draws uploads as an SVG. */
export function drawTimeline(uploads: readonly UploadInfo[], options: TimelineOptions = {}): string {
  const { title = "Uploads", axis = "time" } = options;
  let y = MARGIN;
  const groups = uploads.map((upload) => {
    const rows = rowsOf(upload.steps);
    const group = drawUpload(upload, rows, y, axis);
    y += (rows.length + 1) * ROW + (axis === "time" ? ROW : 0) + ROW / 2;
    return group;
  });
  const empty = uploads.length === 0 ? [text(MARGIN, (y += ROW) - 8, "No requests yet", "faint")] : [];
  const height = y + MARGIN / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="tl" role="img" aria-label="${escape(title)}" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">`,
    `<title>${escape(title)}</title>`,
    `<desc>${escape(uploads.map(summary).join(" ") || "No requests yet.")}</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="back" width="${WIDTH}" height="${height}" rx="8"/>`,
    ...[...groups, ...empty, "</svg>", ""],
  ].join("\n");
}

/** Joins ranges without faults in a row, if the picture would be long. */
function rowsOf(steps: readonly UploadStep[]): readonly UploadStep[] {
  const isPlain = ({ request, outcome, label }: UploadStep): boolean =>
    request.kind === "range" && outcome === "done" && label.startsWith("Range ");
  if (steps.length <= LONG) return steps;
  const runs: UploadStep[][] = [];
  for (const step of steps) {
    const run = runs.at(-1);
    if (run && isPlain(step) && isPlain(run[0]!)) run.push(step);
    else runs.push([step]);
  }
  return runs.map((run) => {
    const [first, last] = [run[0]!, run.at(-1)!];
    if (run.length === 1) return first;
    const [, from = ""] = /^Range (.*)–/.exec(first.label) ?? [];
    const label = `${run.length} ranges, ${from}–${last.label.replace(/^.*–/, "")}`;
    return { ...first, label, result: last.result, request: { ...first.request, ended: last.request.ended } };
  });
}

function drawUpload(
  upload: UploadInfo,
  rows: readonly UploadStep[],
  top: number,
  axis: TimelineOptions["axis"],
): string {
  const { steps, state, size } = upload;
  const first = Math.min(...steps.map(({ request }) => request.started));
  const last = Math.max(...steps.map(({ request }) => request.ended ?? request.started), first + 1);
  const place = (share: number): number => Math.round(BARS.start + share * (BARS.end - BARS.start));
  const spanOf = ({ request }: UploadStep, at: number): [from: number, to: number] => {
    if (axis === "order") return [place(at / rows.length), place((at + 1) / rows.length)];
    const end = request.ended ?? last;
    return [request.started, end].map((time) => place((time - first) / (last - first))) as [number, number];
  };
  const more = [size === undefined ? "" : sizeText(size), state ?? ""].filter(Boolean).join(", ");
  const bottom = top + (rows.length + 1) * ROW;
  return [
    `<g><title>${escape(summary(upload))}</title>`,
    text(MARGIN, top + 16, cut(headingOf(upload), 90), "name"),
    `<text class="faint" x="${WIDTH - MARGIN}" y="${top + 16}" text-anchor="end">${escape(more)}</text>`,
    `<line x1="${BARS.start}" x2="${BARS.start}" y1="${top + ROW}" y2="${bottom}"/>`,
    `<line x1="${BARS.end}" x2="${BARS.end}" y1="${top + ROW}" y2="${bottom}"/>`,
    ...rows.map((step, at) => drawStep(step, top + (at + 1) * ROW, spanOf(step, at))),
    ...(axis === "time"
      ? [
          text(BARS.start, bottom + 14, "0 s", "faint"),
          `<text class="faint" x="${BARS.end}" y="${bottom + 14}" text-anchor="end">${seconds(last - first)}</text>`,
        ]
      : []),
    "</g>",
  ].join("\n");
}

function drawStep({ label, outcome, result, request }: UploadStep, top: number, [from, to]: [number, number]): string {
  const words = `${signs[outcome]} ${result}${request.fault === undefined ? "" : " (fault)"}`;
  const bar = `<rect class="${outcome}" x="${from}" y="${top + 6}" width="${Math.max(3, to - from)}" height="12" rx="2"/>`;
  const title = `<title>${escape(`${label}: ${result}`)}</title>`;
  return `<g>${title}${text(MARGIN, top + 16, cut(label, 36))}${bar}${text(BARS.end + 12, top + 16, cut(words, 40), outcome)}</g>`;
}

const headingOf = ({ name, target }: UploadInfo): string =>
  name === ""
    ? target.charAt(0).toUpperCase() + target.slice(1) || "Other requests"
    : [name, target].filter(Boolean).join(" → ");

/** An upload in a sentence: `report.pdf → message: 5 requests, 1 failed; complete.` */
function summary(upload: UploadInfo): string {
  const count = (outcome: StepOutcome): string => {
    const found = upload.steps.filter((step) => step.outcome === outcome).length;
    return found > 0 ? `, ${found} ${outcome}` : "";
  };
  const { length } = upload.steps;
  const bad = (["failed", "refused", "lost", "waiting"] as const).map(count).join("");
  const state = upload.state ? `; ${upload.state}` : "";
  return `${headingOf(upload)}: ${length} ${length === 1 ? "request" : "requests"}${bad}${state}.`;
}

const text = (x: number, y: number, content: string, className = ""): string =>
  `<text${className && ` class="${className}"`} x="${x}" y="${y}">${escape(content)}</text>`;

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 0)} s`;

const cut = (content: string, limit: number): string => {
  const characters = [...content];
  return characters.length <= limit ? content : `${characters.slice(0, limit - 1).join("")}…`;
};

/** Escapes text for XML, which does not allow most control characters. */
const escape = (content: string): string =>
  content
    .replace(/[\ud800-\udfff\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/gu, "�")
    .replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
