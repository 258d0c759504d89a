import { bytes } from "../../words.js";
import type { ShownItem, ShownRequest, ShownUpload, Snapshot } from "../snapshot.js";

const byId = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const target = byId<HTMLSelectElement>("target");
const slow = byId<HTMLInputElement>("slow");
let shown: Snapshot | undefined;

/** An element with text and elements in it; what comes from requests is text here, never markup. */
function element(tag: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(tag);
  if (className !== "") made.className = className;
  made.append(...children);
  return made;
}

async function order(path: string, body: object): Promise<void> {
  const headers = { "Content-Type": "application/json" };
  await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
}

function show(snapshot: Snapshot): void {
  shown = snapshot;
  showTargets(snapshot.items);
  slow.checked = snapshot.slow;
  const faults = snapshot.faults.length > 0 ? `Waiting: ${snapshot.faults.join("; ")}` : "None is waiting.";
  if (byId("faults").textContent !== faults) byId("faults").textContent = faults;
  fill("uploads", [...snapshot.uploads].reverse().map(uploadRow), "Nothing was uploaded yet.");
  fill("items", snapshot.items.map(itemRow), "There are none.");
  byId("requests").replaceChildren(...[...snapshot.requests].reverse().map(requestRow));
}

function fill(id: string, rows: readonly HTMLElement[], otherwise: string): void {
  byId(id).replaceChildren(...(rows.length > 0 ? rows : [element("li", "faint", otherwise)]));
}

/** The choice stays where it is while items come and go. */
function showTargets(items: readonly ShownItem[]): void {
  const before = target.value;
  const options = items.map(({ kind, title, path }) => new Option(`${kind}: ${title}`, path));
  const [now, then] = [options, [...target.options]].map((all) =>
    all.map(({ value, text }) => value + text).join("\n"),
  );
  if (now !== then) target.replaceChildren(...options);
  if (items.some(({ path }) => path === before)) target.value = before;
  showCommand();
}

function showCommand(): void {
  const item = shown?.items.find(({ path }) => path === target.value);
  const text = item ? `${shown!.environment}\n${item.command}` : "";
  if (byId("command").textContent !== text) byId("command").textContent = text;
}

function uploadRow({ name, service, kept, arriving, size, state }: ShownUpload): HTMLElement {
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", name);
  if (size !== undefined) [bar.max, bar.value] = [Math.max(1, size), size === 0 ? 1 : kept + arriving];
  const more = arriving > 0 ? `, ${bytes(arriving)} arriving` : "";
  const of = size === undefined ? "" : ` of ${bytes(size)}`;
  const words = `${service}, ${state}: ${bytes(kept)}${of}${more}`;
  return element("li", "", element("div", "", name), bar, element("div", "faint", words));
}

function itemRow({ kind, title, path, attachments }: ShownItem): HTMLElement {
  const files = attachments.map(({ name, size, sha256 }) =>
    element("li", "", `${name}, ${bytes(size)}`, element("div", "faint", "SHA-256 ", element("code", "", sha256))),
  );
  const list = element("ul", "", ...(files.length > 0 ? files : [element("li", "faint", "No attachments")]));
  return element("li", "", element("h3", "", `${kind}: ${title}`), element("code", "faint", path), list);
}

function requestRow({ number, kind, method, path, range, received, status, fault }: ShownRequest): HTMLElement {
  const request = element("td", "path", `${method} ${path}`);
  request.title = `${method} ${path}`;
  const failed = status !== undefined && status >= 400;
  return element(
    "tr",
    "",
    ...[String(number), kind].map((text) => element("td", "", text)),
    request,
    ...[range?.replace(/^bytes /, "") ?? "", bytes(received)].map((text) => element("td", "", text)),
    element("td", failed ? "bad" : "", status === undefined ? "…" : String(status)),
    element("td", fault === undefined ? "" : "bad", fault ?? ""),
  );
}

const events = new EventSource("/api/events");
events.onopen = () => (byId("connection").textContent = "Live");
events.onerror = () => (byId("connection").textContent = "The emulator has ended, or cannot be reached.");
events.onmessage = ({ data }: MessageEvent<string>) => show(JSON.parse(data) as Snapshot);

target.onchange = showCommand;
slow.onchange = () => order("/api/slow", { slow: slow.checked });
byId("reset").onclick = () => order("/api/reset", {});
byId("copy").onclick = async () => {
  const done = await navigator.clipboard.writeText(byId("command").textContent).then(
    () => "Copied.",
    () => "The browser does not let the page copy: mark the text and copy it.",
  );
  byId("copied").textContent = done;
};
for (const button of document.querySelectorAll<HTMLButtonElement>("[data-fault]"))
  button.onclick = () => order("/api/faults", { fault: button.dataset["fault"] });
for (const button of document.querySelectorAll<HTMLButtonElement>("[data-kind]"))
  button.onclick = () => order("/api/items", { kind: button.dataset["kind"] });
