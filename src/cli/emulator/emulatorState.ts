import type { Emulator, FaultScript, Item } from "graph-large-attachments/emulator";
import { setVariable } from "../commandLine.js";
import { offeredFaults, slowRange } from "./faults.js";
import type { ItemKind, ShownExchange, ShownItem, Snapshot } from "./snapshot.js";
import { exchangeOf, shownRequests, timelines } from "./requests.js";
import { AzureDevOpsUploads, graphUploads } from "./uploads.js";

/** An item without its command line. */
type Described = Omit<ShownItem, "attachments" | "command"> & Pick<ShownItem, "attachments">;

/** The state of the emulator as the page shows it, and the actions of the page. */
export class EmulatorState {
  readonly #environment: string;
  #tasks: Item[] = [];
  #documents: Item[] = [];
  #workItems: { readonly id: number; readonly path: string }[] = [];
  #offered = new Map<FaultScript, string>();
  #slow = false;
  #azureDevOps: AzureDevOpsUploads;

  constructor(
    private readonly emulator: Emulator,
    environment: Readonly<Record<string, string>>,
  ) {
    this.#environment = Object.entries(environment)
      .map(([name, value]) => setVariable(name, value))
      .join("\n");
    this.#azureDevOps = new AzureDevOpsUploads(emulator);
    this.reset();
  }

  /** Deletes everything and creates one item of each kind. */
  reset(): void {
    this.emulator.reset();
    [this.#tasks, this.#documents, this.#workItems, this.#offered] = [[], [], [], new Map()];
    this.#azureDevOps = new AzureDevOpsUploads(this.emulator);
    for (const kind of ["message", "event", "task", "work item", "print document"] as const) this.add(kind);
  }

  add(kind: ItemKind): void {
    if (kind === "message") this.emulator.addMessage({ subject: "A draft", to: ["adele@contoso.example"] });
    else if (kind === "event") this.emulator.addEvent({ subject: "A meeting" });
    else if (kind === "task") this.#tasks.push(this.emulator.addTask({ subject: "A task" }));
    else if (kind === "print document") this.#documents.push(this.emulator.print.addDocument());
    else this.#workItems.push(this.emulator.azureDevOps.addWorkItem({ title: "A work item" }));
  }

  /** Returns false if there is no fault of this name. */
  fault(name: string): boolean {
    const offered = Object.hasOwn(offeredFaults, name) ? offeredFaults[name] : undefined;
    if (!offered) return false;
    const script = { ...offered.script }; // A copy, because it is found again by identity.
    this.#offered.set(script, offered.label);
    this.emulator.fault(script);
    return true;
  }

  setSlow(slow: boolean): void {
    this.#slow = slow;
    this.renewSlowness();
  }

  /** Adds the next slow range. A fault is for one request, so this runs again and again. */
  renewSlowness(): void {
    const waiting = this.emulator.unusedFaults().includes(slowRange);
    if (this.#slow && !waiting) this.emulator.fault(slowRange);
  }

  snapshot(): Snapshot {
    return {
      items: [...this.#graphItems(), ...this.#azureDevOpsItems(), this.#drive(), ...this.#printed()].map((item) => ({
        ...item,
        command: commandFor(item),
      })),
      uploads: [...graphUploads(this.emulator), ...this.#azureDevOps.all],
      requests: shownRequests(this.emulator),
      timelines: timelines(this.emulator),
      faults: this.emulator.unusedFaults().flatMap((script) => this.#offered.get(script) ?? []),
      slow: this.#slow,
      environment: this.#environment,
    };
  }

  /** The exchange with this number, if there is one. */
  exchange(number: number): ShownExchange | undefined {
    return exchangeOf(this.emulator, number);
  }

  #graphItems(): Described[] {
    const { mailbox } = this.emulator;
    const messages = mailbox.drafts().map((one) => ({ ...one, kind: "message" as const }));
    const sent = mailbox.sentItems().map((one) => ({ ...one, kind: "sent mail" as const }));
    const events = this.emulator.events().map((one) => ({ ...one, kind: "event" as const }));
    const tasks = this.#tasks.flatMap((task) => {
      const attachments = unlessDeleted(() => this.emulator.attachments(task));
      return attachments ? { ...task, kind: "task" as const, subject: "A task", attachments } : [];
    });
    return [...messages, ...events, ...tasks, ...sent].map(({ kind, subject, path, attachments }) => ({
      ...{ kind, title: subject, path },
      attachments: attachments.map(({ name, bytes, sha256 }) => ({ name, size: bytes.length, sha256 })),
    }));
  }

  #drive(): Described {
    const files = this.emulator.drive.files().map(({ filePath, size, sha256 }) => ({ name: filePath, size, sha256 }));
    return { kind: "drive", title: "OneDrive", path: `${this.emulator.drive.path}/root`, attachments: files };
  }

  #printed(): Described[] {
    return this.#documents.flatMap((item) => {
      const document = unlessDeleted(() => this.emulator.print.document(item));
      if (!document) return [];
      const { name = "", size, sha256 } = document;
      const attachments = sha256 === undefined ? [] : [{ name, size, sha256 }];
      return { kind: "print document" as const, title: "A print job", path: item.path, attachments };
    });
  }

  #azureDevOpsItems(): Described[] {
    const blobs = this.#azureDevOps.all;
    return this.#workItems.map(({ id, path }) => ({
      ...{ kind: "work item" as const, title: `A work item, ${id}`, path },
      attachments: blobs
        .filter(({ linkedTo }) => linkedTo.includes(id))
        .map(({ name, stored, sha256 }) => ({ name, size: stored, sha256 })),
    }));
  }
}

/** Returns `undefined` for an item that a request has deleted. The emulator throws for it. */
function unlessDeleted<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function commandFor({ kind, path }: Described): string {
  if (kind === "sent mail")
    return 'npx graph-large-attachments send --to adele@contoso.example --subject "A mail" FILE';
  if (kind !== "work item") return `npx graph-large-attachments attach ${path} FILE`;
  const [, project, id] = /^\/([^/]+)\/_apis\/wit\/workitems\/(\d+)$/i.exec(path) ?? [];
  return `npx graph-large-attachments azure-devops ${project}/${id} FILE`;
}
