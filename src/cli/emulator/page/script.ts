import { formatBytes } from "../../format.js";
import type { ShownItem, ShownRequest, ShownUpload, Snapshot } from "../snapshot.js";
import { byId, element, setText } from "./elements.js";
import { showTimelines } from "./timelines.js";
import { serviceName, stateName, titleOf } from "./words.js";

const target = byId<HTMLSelectElement>("target");
const slow = byId<HTMLInputElement>("slow");
let shown: Snapshot | undefined;

async function send(path: string, body: object): Promise<void> {
  const headers = { "Content-Type": "application/json" };
  await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
}

function show(snapshot: Snapshot): void {
  shown = snapshot;
  showTargets(snapshot.items);
  slow.checked = snapshot.slow;
  const { faults } = snapshot;
  setText(byId("faults"), faults.length > 0 ? `Waiting: ${faults.join("; ")}` : "No fault is waiting.");
  fill("uploads", [...snapshot.uploads].reverse().map(uploadRow), "No uploads yet.");
  showTimelines(snapshot.timelines);
  fill("items", snapshot.items.map(itemRow), "No items.");
  byId("requests").replaceChildren(...[...snapshot.requests].reverse().map(requestRow));
}

function fill(id: string, rows: readonly HTMLElement[], empty: string): void {
  byId(id).replaceChildren(...(rows.length > 0 ? rows : [element("li", "faint", empty)]));
}

/** Keeps the selected item while others appear and disappear. */
function showTargets(items: readonly ShownItem[]): void {
  const before = target.value;
  const options = items.map((item) => new Option(titleOf(item), item.path));
  const [after, previous] = [options, [...target.options]].map((all) =>
    all.map(({ value, text }) => value + text).join("\n"),
  );
  if (after !== previous) target.replaceChildren(...options);
  if (items.some(({ path }) => path === before)) target.value = before;
  showCommand();
}

function showCommand(): void {
  const item = shown?.items.find(({ path }) => path === target.value);
  const text = item ? `${shown!.environment}\n${item.command}` : "";
  setText(byId("command"), text);
}

function uploadRow({ name, service, stored, arriving, size, state }: ShownUpload): HTMLElement {
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", name);
  if (size !== undefined) [bar.max, bar.value] = [Math.max(1, size), size === 0 ? 1 : stored + arriving];
  const more = arriving > 0 ? `, ${formatBytes(arriving)} arriving` : "";
  const of = size === undefined ? "" : ` of ${formatBytes(size)}`;
  const summary = `${serviceName(service)}, ${stateName(state)}: ${formatBytes(stored)}${of}${more}`;
  return element("li", "", element("div", "", name), bar, element("div", "faint", summary));
}

function itemRow(item: ShownItem): HTMLElement {
  const { path, attachments } = item;
  const files = attachments.map(({ name, size, sha256 }) =>
    element(
      "li",
      "",
      `${name}, ${formatBytes(size)}`,
      element("div", "faint", "SHA-256 ", element("code", "", sha256)),
    ),
  );
  const list = element("ul", "", ...(files.length > 0 ? files : [element("li", "faint", "No attachments")]));
  return element("li", "", element("h3", "", titleOf(item)), element("code", "faint", path), list);
}

function requestRow({
  number,
  label,
  method,
  path,
  range,
  received,
  outcome,
  result,
  fault,
}: ShownRequest): HTMLElement {
  const request = element("td", "path", `${method} ${path}`);
  request.title = `${method} ${path}`;
  return element(
    "tr",
    "",
    ...[String(number), label].map((text) => element("td", "", text)),
    request,
    ...[range?.replace(/^bytes /, "") ?? "", formatBytes(received)].map((text) => element("td", "", text)),
    element("td", outcome, result),
    element("td", fault === undefined ? "" : "failed", fault ?? ""),
  );
}

const events = new EventSource("/api/events");
events.onopen = () => (byId("connection").textContent = "Live");
events.onerror = () => (byId("connection").textContent = "The emulator has ended or cannot be reached.");
events.onmessage = ({ data }: MessageEvent<string>) => show(JSON.parse(data) as Snapshot);

target.onchange = showCommand;
slow.onchange = () => send("/api/slow", { slow: slow.checked });
byId("reset").onclick = () => byId<HTMLDialogElement>("confirm").showModal();
byId("confirm").onclose = ({ target: dialog }) => {
  if ((dialog as HTMLDialogElement).returnValue === "delete") void send("/api/reset", {});
  (dialog as HTMLDialogElement).returnValue = "";
};
byId("copy").onclick = async () => {
  const result = await navigator.clipboard.writeText(byId("command").textContent).then(
    () => "Copied.",
    () => "The browser does not allow copying. Select the text and copy it.",
  );
  byId("copied").textContent = result;
};
for (const button of document.querySelectorAll<HTMLButtonElement>("[data-fault]"))
  button.onclick = () => send("/api/faults", { fault: button.dataset["fault"] });
for (const button of document.querySelectorAll<HTMLButtonElement>("[data-kind]"))
  button.onclick = () => send("/api/items", { kind: button.dataset["kind"] });
