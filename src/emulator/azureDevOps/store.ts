import { createHash } from "node:crypto";
import type { StoredBlob, WorkItemInit, WorkItemRelation } from "../api.js";
import { guidOf } from "../ids.js";
import { attachmentIdIn } from "./routes.js";

export interface Project {
  readonly id: string;
  readonly name: string;
}

/** The users of the two PATs. */
export type User = "owner" | "other";

export interface StoredWorkItem {
  readonly id: number;
  readonly project: Project;
  rev: number;
  fields: Readonly<Record<string, unknown>>;
  relations: readonly WorkItemRelation[];
}

/** One attachment, started or uploaded. */
export interface Blob {
  readonly id: string;
  readonly fileName?: string;
  readonly areaPath?: string;
  readonly project?: Project;
  readonly user: User;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly chunked: boolean;
  readonly pieces: Buffer[];
  /** Number of bytes stored. */
  offset: number;
  /** Bytes of the whole file. The first chunk states them. */
  total?: number;
  /** The last stored range. `end` is inclusive. */
  last?: { readonly start: number; readonly end: number };
  everLinked: boolean;
}

type NewBlob = Pick<Blob, "fileName" | "areaPath" | "project" | "user" | "created">;

/** The project id is from a captured URL. */
const firstProject: Project = { id: "21066450-5b08-4133-a0ee-5825033500cd", name: "MyProject" };

/** The data of Azure DevOps. Ids derive from counters, so runs are repeatable. */
export class AzureDevOpsStore {
  readonly blobs = new Map<string, Blob>();
  readonly workItems = new Map<number, StoredWorkItem>();
  private projects: Project[] = [firstProject];
  private guids = 0;
  private workItemId = 299;
  private relationId = 65274;

  newGuid(): string {
    return guidOf(`guid ${++this.guids}`);
  }

  newRelationId(): number {
    return this.relationId++;
  }

  /** Finds a project by its id or name, in any letter case. */
  project(reference: string): Project | undefined {
    return this.projects.find(({ id, name }) => [id, name.toLowerCase()].includes(reference.toLowerCase()));
  }

  addWorkItem({ project: name = firstProject.name, title = "", rev = 1 }: WorkItemInit = {}): StoredWorkItem {
    const project = this.project(name) ?? { id: this.newGuid(), name };
    if (!this.projects.includes(project)) this.projects.push(project);
    const fields = {
      "System.AreaPath": project.name,
      "System.TeamProject": project.name,
      "System.WorkItemType": "Task",
      "System.State": "New",
      "System.Title": title,
    };
    const item: StoredWorkItem = { id: this.workItemId++, project, rev, fields, relations: [] };
    this.workItems.set(item.id, item);
    return item;
  }

  /** Adds an attachment: complete with its bytes, or chunked and empty without them. */
  addBlob(init: NewBlob, bytes?: Buffer): Blob {
    const pieces = bytes ? [bytes] : [];
    const held = { chunked: !bytes, pieces, offset: bytes?.length ?? 0, total: bytes?.length };
    const blob: Blob = { id: this.newGuid(), ...init, ...held, everLinked: false };
    this.blobs.set(blob.id, blob);
    return blob;
  }

  isComplete(blob: Blob): boolean {
    return blob.offset === blob.total;
  }

  linkedTo(blobId: string): number[] {
    const names = ({ rel, url }: WorkItemRelation): boolean => rel === "AttachedFile" && attachmentIdIn(url) === blobId;
    return [...this.workItems.values()].filter(({ relations }) => relations.some(names)).map(({ id }) => id);
  }

  /** Removes older attachments that were never linked. */
  removeOrphans(createdBefore: number): void {
    for (const blob of this.blobs.values()) {
      if (!blob.everLinked && blob.created < createdBefore) this.blobs.delete(blob.id);
    }
  }

  describe(blob: Blob): StoredBlob {
    const { id, fileName, areaPath, pieces } = blob;
    const bytes = Buffer.concat(pieces);
    return {
      id,
      fileName,
      bytes,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      complete: this.isComplete(blob),
      areaPath,
      linkedTo: this.linkedTo(id),
      chunks: blob.chunked ? pieces.length : 0,
    };
  }

  clear(): void {
    this.blobs.clear();
    this.workItems.clear();
    this.projects = [firstProject];
  }
}
