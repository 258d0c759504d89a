import type { AzureDevOpsFixture, EmulatorOptions, Reply } from "../api.js";
import type { Exchange, RequestHead } from "../call.js";
import { logEntry } from "../requestLog.js";
import { kindOf } from "../router.js";
import { Traffic } from "../traffic.js";
import type { Variations } from "../variations.js";
import { answerAzureDevOps, dropAttachment, isAuthorized } from "./answer.js";
import { isChunked } from "./attachments.js";
import { readQuery, type AzureDevOpsContext, type Credentials } from "./call.js";
import { refuseAzure } from "./replies.js";
import { organization, readAzureDevOpsPath, serverPath } from "./routes.js";
import { AzureDevOpsStore } from "./store.js";
import { AzureDevOpsThrottle } from "./throttle.js";

/** Azure DevOps without sockets and timers. */
export interface AzureDevOpsService {
  readonly fixture: AzureDevOpsFixture;
  open(head: RequestHead): Exchange;
  reset(): void;
}

interface Surroundings {
  /** Absolute, with a slash at the end. */
  readonly azureDevOpsUrl: string;
  readonly now: () => number;
  readonly options: EmulatorOptions["azureDevOps"];
  readonly vary: () => Variations;
}

const day = 86_400_000;

/** Makes the Azure DevOps part of the core. It shares only variations and clock with the rest. */
export function createAzureDevOps({ azureDevOpsUrl, now, options, vary }: Surroundings): AzureDevOpsService {
  const store = new AzureDevOpsStore();
  const throttle = new AzureDevOpsThrottle(now);
  const traffic = new Traffic(now);
  const credentials: Credentials = {
    // Microsoft's node client recognizes a PAT by its 52 characters.
    personalAccessToken: options?.personalAccessToken ?? "emulatorpersonalaccesstoken".padEnd(52, "2"),
    otherPersonalAccessToken: "emulatorotherpersonalaccesstoken".padEnd(52, "3"),
    bearer: options?.bearer ?? "emulator-azure-devops-bearer",
  };
  const url = azureDevOpsUrl.replace(/\/$/, "");
  const context: AzureDevOpsContext = {
    ...{ url, credentials, now, store },
    get vary() {
      return vary();
    },
  };

  function open(head: RequestHead): Exchange {
    const route = readAzureDevOpsPath(new URL(head.url).pathname);
    const plainKind = kindOf(route, head.method);
    const kind = plainKind === "post" && isChunked({ query: readQuery(head.url) }) ? "create" : plainKind;
    const authorized = isAuthorized(context, head);
    const chunk = kind === "range" && authorized ? route?.id : undefined;
    const passage = traffic.enter(`attachment ${chunk ?? ""}`, chunk);
    const process = (body: Buffer, keep?: number): Reply => {
      store.removeOrphans(now() - context.vary.azureOrphanDays * day);
      if (authorized && traffic.overlaps(passage)) return overlapping();
      return answerAzureDevOps(context, { head, body, keep });
    };
    return {
      head,
      entry: logEntry(head, kind, authorized, now()),
      answer: (body, keep) =>
        (authorized ? throttle.refuse(context.vary) : undefined) ?? throttle.mark(process(body, keep), context.vary),
      dropSession: (status) => dropAttachment(context, head, status),
      contested: chunk !== undefined && passage.others.length > 0,
      close: () => traffic.leave(passage),
      abandon: () => traffic.abandon(passage),
    };
  }

  return {
    fixture: makeFixture(context),
    open,
    reset: () => {
      store.clear();
      traffic.clear();
      throttle.clear();
    },
  };
}

function makeFixture({ url, credentials, store }: AzureDevOpsContext): AzureDevOpsFixture {
  const there = <T>(value: T | undefined, what: string): T => {
    if (value === undefined) throw new Error(`The emulator has no ${what}.`);
    return value;
  };
  let renewed = 0;
  return {
    organizationUrl: `${url}/${organization}`,
    serverUrl: `${url}/${serverPath}`,
    legacyUrl: url,
    personalAccessToken: credentials.personalAccessToken,
    otherPersonalAccessToken: credentials.otherPersonalAccessToken,
    get bearer() {
      return credentials.bearer;
    },
    renewBearer: () => (credentials.bearer = `${credentials.bearer.replace(/-\d+$/, "")}-${++renewed}`),
    addWorkItem: (init) => {
      const { id, rev, project } = store.addWorkItem(init);
      return { id, rev, path: `/${encodeURIComponent(project.name)}/_apis/wit/workitems/${id}` };
    },
    workItem: (id) => {
      const { rev, fields, relations } = there(store.workItems.get(id), `work item ${id}`);
      return { id, rev, fields, relations };
    },
    attachments: () => [...store.blobs.values()].map((blob) => store.describe(blob)),
    blob: (id) => store.describe(there(store.blobs.get(id), `attachment ${id}`)),
  };
}

/** Refuses the later of two simultaneous chunks. This is a choice, because sources only show chunks in order. */
const overlapping = (): Reply => refuseAzure(409, "Another chunk of this attachment is being processed.");
