import { AuthenticationHandler, Client, HTTPMessageHandler } from "@microsoft/microsoft-graph-client";
import { createService } from "../../src/emulator/service.js";
import type { Item } from "../../src/emulator/api.js";
import type { Variations } from "../../src/emulator/variations.js";
import {
  createAzureDevOpsClient,
  LargeAttachmentTask,
  withLargeAttachments,
  type AttachOptions,
  type UploadError,
  type UploadSession,
} from "../../src/index.js";
import { discarded } from "../../src/upload/session.js";
import { Clock, randomOf } from "./clock.js";
import { Network, origins } from "./network.js";

/** Bytes of files, and of the ranges that they are sent in. */
interface Scale {
  readonly least: number;
  readonly most: number;
  readonly range: number;
  readonly parallel: number;
}
const small: Scale = { least: 51, most: 650, range: 100, parallel: 1 };
const unit = 327_680;
/** Ranges of drives are multiples of 320 KiB, and shrink to it on a bad line. */
const onDrive = (pick: Setting["pick"]): Scale => ({
  least: 51,
  most: 1_500_000,
  range: pick(unit, 2 * unit),
  parallel: 1,
});
const scaleOf: Record<string, (pick: Setting["pick"]) => Scale> = {
  driveFile: onDrive,
  chatMessage: onDrive,
  linkInstead: onDrive,
  printDocument: () => ({ ...small, least: 1, most: 1_500, parallel: 4 }),
};
/** Large files are cut from this, because random numbers take longer than everything else. */
let pool: Buffer | undefined;
/** The chunks of a stream. Bytes. */
const CHUNK = 33;
const NAME = "a.bin";
const MAILBOX = 4;

/** The outcome of one schedule of faults. */
export interface Outcome {
  readonly seed: number;
  readonly faults: readonly string[];
  readonly requests: number;
  /** How often the process died and another went on. */
  readonly deaths: number;
  readonly ended: "whole" | "error" | "stopped";
  /** Violations of the promise of this package. Must be empty. */
  readonly violations: readonly string[];
  /** The schedule in lines, to be read when something went wrong. */
  readonly story: readonly string[];
}

type Added = { readonly id: string; readonly bytes: Buffer };

/** One way of attaching a file, in a world of its own. */
interface World {
  /** Begins, or begins again after the process has died. */
  attach(signal: AbortSignal): Promise<unknown>;
  /** The attachments that there are for it now. */
  added(): Added[];
  /** The id in what `attach` answered. */
  idOf?(result: unknown): string;
  /** Further checks. */
  violations?(): string[];
  /** True if a process of this way may die. */
  readonly mortal: boolean;
  /** A request of the caller's own may pass, and its reply with it. */
  readonly passes?: boolean;
  /** True if its file cannot be read again from the first byte. */
  readonly spent?: boolean;
  /** How many files share the network. @default 1 */
  readonly share?: number;
  /** True if a session whose creation nobody heard of prevents another one. */
  readonly blocks?: boolean;
}

/** Runs one schedule; everything follows from the seed. */
export async function simulate(seed: number): Promise<Outcome> {
  const random = randomOf(seed);
  const pick = <T>(...among: readonly T[]): T => among[Math.floor(random() * among.length)]!;
  const clock = new Clock(random);
  discarded.clear(); // of the schedule before
  const varied = vary(pick);
  const service = createService({
    graphUrl: origins.graph,
    outlookUrl: origins.outlook,
    driveUrl: origins.drive,
    printUrl: origins.print,
    azureDevOpsUrl: origins.azureDevOps,
    now: () => clock.now,
    vary: varied,
  });
  const make = pick(...ways);
  const network = new Network(service, random, pick(0, 0.05, 0.15, 0.3, 0.6, 0.95, 1), {
    faults: pick(1, 2, 4, 12, Infinity),
    atOnce: make.name === "printDocument" ? MAILBOX + 1 : MAILBOX, // four ranges, and the document is read
    held: 2 * small.range + CHUNK,
    down:
      random() < 0.05
        ? {
            kind: pick("range", "create", "list", "status"),
            fault: pick("lost before", "5xx", "429", "no reply, not done"),
          }
        : undefined,
  });
  const scale = scaleOf[make.name]?.(pick) ?? small;
  const bytes = randomFile(scale, random);
  const options = {
    threshold: pick(50, 50, 50, 3 * scale.range),
    rangeSize: scale.range,
    retries: pick(0, 1, 3, 5),
    delay: 1_000,
    timeout: 10_000,
  };
  const world = make({ service, network, bytes, options, varied, pick });
  const stop = new AbortController();
  const dies = world.mortal && random() < 0.6 ? 1 + Math.floor(random() * 30) : Infinity;
  const stopsAt = random() < 0.1 ? 1 + Math.floor(random() * 12) : Infinity;

  const { fetch } = globalThis;
  globalThis.fetch = network.fetch as typeof fetch;
  clock.install();
  try {
    let settled: { result?: unknown; error?: UploadError & { statusCode?: number } } | undefined;
    const begin = () => {
      const { generation } = network;
      if (generation < 3) network.lifetime = dies;
      const keep = (end: typeof settled) => void (generation === network.generation && (settled = end));
      world.attach(stop.signal).then(
        (result) => keep({ result }),
        (error) => keep({ error }),
      );
    };
    begin();
    let deaths = 0;
    const pause = () =>
      settled !== undefined || network.generation > deaths || (network.seen.length >= stopsAt && !stop.signal.aborted);
    while (!settled) {
      if (!(await clock.runUntil(pause))) {
        network.violations.push("an end that never comes");
        break;
      }
      if (settled) break;
      if (network.seen.length >= stopsAt && !stop.signal.aborted) {
        stop.abort(Object.assign(new Error("stopped"), { name: "AbortError" }));
        network.closed = true;
      } else {
        deaths = network.generation;
        clock.clear();
        begin();
      }
    }
    network.closed = true;
    const requests = network.seen.length;
    await clock.runUntil(() => clock.pending === 0);
    if (network.seen.length > requests + 1) network.violations.push("requests after the end");
    const violations = [
      ...network.violations,
      ...judge({
        settled,
        world,
        bytes,
        network,
        scale,
        deaths,
        retries: options.retries,
        stopped: stop.signal.aborted,
        replicationDelay: (varied.replicationDelay ?? 0) + (varied.newItemDelay ?? 0) + (varied.drivePoisoned ?? 0),
        poisoned: varied.drivePoisoned === 1,
        tells: tellsStatus(make.name, varied),
      }),
    ];
    const story = network.seen.map(
      ({ kind, start, bytes: length, fault, at }) =>
        `${at % 10_000_000} ${kind} ${start ?? ""} ${length} ${fault ?? ""}`,
    );
    const error = settled?.error;
    const end = error
      ? `${error.name} ${error.code} ${error.statusCode ?? ""} ${error.message}`
      : JSON.stringify(settled?.result);
    const ended = stop.signal.aborted ? "stopped" : error ? "error" : "whole";
    return {
      seed,
      faults: network.seen.flatMap(({ fault }) => fault ?? []),
      requests,
      deaths,
      ended,
      violations,
      story: [make.name, ...story, end],
    };
  } finally {
    clock.uninstall();
    globalThis.fetch = fetch;
  }
}

function randomFile({ least, most }: Scale, random: () => number): Buffer {
  pool ??= Buffer.from(
    Uint32Array.from(
      { length: 500_000 },
      (
        (next) => () =>
          next() * 2 ** 32
      )(randomOf(1)),
    ).buffer,
  );
  const length = least + Math.floor(random() * (most - least));
  const from = Math.floor(random() * (pool.length - length));
  return pool.subarray(from, from + length);
}

interface Judged {
  readonly settled?: { result?: unknown; error?: UploadError & { statusCode?: number } };
  readonly world: World;
  readonly bytes: Buffer;
  readonly network: Network;
  readonly scale: Scale;
  readonly deaths: number;
  readonly retries: number;
  readonly stopped: boolean;
  /** Obstacles of the service itself. */
  readonly replicationDelay: number;
  /** The first session of a drive refuses what it needs, which is a fault of its own. */
  readonly poisoned: boolean;
  /** The service always says which bytes it holds, and its sessions do not end by themselves. */
  readonly tells: boolean;
}

const SINGLE = ["intercepted", "attached", "streamed", "taskThatDies", "driveFile", "printDocument"];

function tellsStatus(way: string, varied: Partial<Variations>): boolean {
  const { outlookStatus, driveStatusRanges, driveSessionSeconds, printSessionSeconds } = varied;
  const lasts = driveSessionSeconds === 900 && printSessionSeconds === 3_600;
  return SINGLE.includes(way) && outlookStatus === 200 && driveStatusRanges !== "absent" && lasts;
}

/** Faults that leave the session as it was. */
const HARMLESS = new Set([
  "refused while it lives",
  "said to be gone",
  "lost before",
  "5xx",
  "429",
  "slow",
  "redirected to Throttle.htm",
]);

/** Requests that can be done again, and faults that leave nothing to be done again. */
const BEARABLE = new Set(["create", "range", "status", "list", "read", "cancel", "commit", "link", "workItem"]);
const UNBEARABLE = new Set(["refused", "refused while it lives", "delivered twice"]);
/** Faults after which what was asked for is done all the same. */
const DONE = new Set(["lost after", "no reply, done", "5xx after", "hostile reply"]);

/** Errors after which the service may have the file. */
const OPEN = ["uncertain", "interrupted", "stalled", "leftBehind", "AbortError"];

function judge(judged: Judged): string[] {
  const { settled, world, bytes, network, scale, deaths, retries, stopped, replicationDelay, tells, poisoned } = judged;
  const violations: string[] = [];
  const added = world.added();
  if (added.length > 1) violations.push(`${added.length} attachments`);
  for (const one of added) if (!one.bytes.equals(bytes)) violations.push("wrong bytes");
  violations.push(...(world.violations?.() ?? []));
  const quiet = network.faults + deaths + replicationDelay === 0 && !stopped;
  if (quiet && settled?.error) violations.push("an error without a fault");
  const one = network.seen.filter(({ fault }) => fault);
  const bearable = one.length === 1 && BEARABLE.has(one[0]!.kind) && !UNBEARABLE.has(one[0]!.fault!) && !world.spent;
  const blocked = world.blocks && one[0]?.kind === "create" && DONE.has(one[0].fault!);
  if (bearable && !blocked && !poisoned && settled?.error && deaths === 0 && !stopped && retries > replicationDelay)
    violations.push(`an error after one fault (${one[0]!.fault})`);
  const { result, error } = settled ?? {};
  if (error) {
    if (!/^(UploadError|GraphError|Error|AbortError)$/.test(error.name))
      violations.push(`${error.name}: ${error.message}`);
    const { statusCode = 0 } = error;
    const passed = world.passes === true && (statusCode === 408 || statusCode >= 500); // as the client alone reports it
    const open = OPEN.includes(String(error.code)) || OPEN.includes(error.name) || stopped || passed;
    if (added.length > 0 && !open)
      violations.push(`an error (${error.code} ${error.statusCode}) although the file is there`);
    if (/secret-upload-url|authtoken=ey/.test(`${error.message}${error.stack}${JSON.stringify(error)}`))
      violations.push("a secret in an error");
  } else if (settled) {
    if (added.length !== 1) violations.push("an answer without an attachment");
    else if (world.idOf && world.idOf(result) !== added[0]!.id) violations.push("the id of another attachment");
  }
  const sent = network.seen.filter(({ kind }) => kind === "range").reduce((sum, { bytes: length }) => sum + length, 0);
  const share = world.share ?? 1;
  const costs = network.faults + deaths * 2 + replicationDelay * share; // each draft refuses its first ranges
  const sessions = Math.max(share, network.seen.filter(({ kind }) => kind === "create").length);
  if (sent > bytes.length * sessions + costs * scale.range * scale.parallel)
    violations.push(`${sent} bytes sent for ${bytes.length}`);
  const harmless = one.every(({ kind, fault }) => kind === "range" && HARMLESS.has(fault!));
  if (tells && harmless && one.length <= retries && replicationDelay + deaths === 0 && !stopped) {
    if (settled?.error) violations.push("an error although the session lives");
    if (network.seen.filter(({ kind }) => kind === "create").length > 1)
      violations.push("a session that lives is replaced");
    if (sent > bytes.length + one.length * scale.range * scale.parallel)
      violations.push(`${sent} bytes sent for ${bytes.length}, although the session lives`);
  }
  if (network.seen.length > 30 + 30 * (share + costs)) violations.push(`${network.seen.length} requests`);
  return violations;
}

function vary(pick: <T>(...among: readonly T[]) => T): Partial<Variations> {
  return {
    outlookStatus: pick(200, 200, 404, 405),
    intermediateKeys: pick("mixed", "pascal", "camel"),
    intermediateRanges: pick("bare", "open", "absent"),
    locationEncoded: pick(true, false),
    locationMissing: pick(false, false, true),
    afterDelete: pick(404, 410),
    azureReplay: pick("accept", "refuse"),
    azureChunkStatus: pick<Variations["azureChunkStatus"]>("201 then 200", 200, 201, 202),
    azureUnknownId: pick(400, 404),
    replicationDelay: pick(0, 0, 0, 2),
    retryAfterSeconds: pick(1, null),
    sentDelay: pick(0, 1),
    sessionConflicts: pick(false, true),
    concurrency: Infinity, // counted by the network
    driveKind: pick("business", "personal"),
    driveConflict: pick("atLastByte", "atCreate"),
    driveMisaligned: pick("refuse", "atCommit"),
    driveCreateRanges: pick("absent", "0-"),
    driveRanges: pick("open", "closed", "several"),
    driveStatusRanges: pick("all", "all", "first", "absent"),
    driveDeferredRanges: pick("empty", "absent"),
    driveSecondSession: pick("accept", "refuse"),
    driveExpiry: pick("moves", "fixed"),
    driveNameHeld: pick(0, 0, 1, 3),
    drivePoisoned: pick(0, 0, 0, 1),
    driveSessionSeconds: pick(900, 60),
    referenceAttachments: pick("refused", "taken"),
    teamsPageSize: pick(1, 100),
    teamsFolderDelay: pick(0, 0, 1),
    driveRefusalStatus: pick<Variations["driveRefusalStatus"]>("own", 400),
    printRangeMaximum: pick(10_485_760, 10_000_000),
    printRefusalStatus: pick(400, 416),
    printSecondSession: pick("accept", "refuse"),
    printSessionSeconds: pick(3_600, 60),
    newItemDelay: pick(0, 0, 0, 2),
    jsonNames: pick("documented", "anyCase"),
    answerAttachments: pick("keep", "drop"),
  };
}

interface Setting {
  readonly service: ReturnType<typeof createService>;
  readonly network: Network;
  readonly bytes: Buffer;
  readonly options: {
    readonly threshold: number;
    readonly rangeSize: number;
    readonly retries: number;
    readonly delay: number;
    readonly timeout: number;
  };
  readonly varied: Partial<Variations>;
  pick<T>(...among: readonly T[]): T;
}

/** A client of its own for every process, as after a restart. */
function graphClient({ service, network }: Setting): Client {
  const authentication = new AuthenticationHandler({ getAccessToken: async () => service.token });
  const fetchOptions = { generation: network.generation } as object;
  return Client.initWithMiddleware({ middleware: [authentication, new HTTPMessageHandler()], fetchOptions });
}

function graphItem({ service, pick }: Setting) {
  const item = pick(service.addMessage, service.addEvent, service.addTask)();
  const type = item.path.includes("todo") ? "#microsoft.graph.taskFileAttachment" : "#microsoft.graph.fileAttachment";
  const older = pick(0, 0, 1, 2);
  for (let i = 0; i < older; i++) service.addAttachment(item, { name: NAME, bytes: Buffer.from("older") });
  const idOf = (result: unknown) => (result as { id: string }).id;
  return { path: item.path, type, added: () => service.attachments(item).slice(older), idOf };
}

/** The part of its upload that a process stores, as JSON. */
class Checkpoint {
  #text: string | undefined;
  constructor(private readonly network: Network) {}
  /** Dies before it is stored, or after. */
  save = (session: UploadSession, generation: number) => {
    if (!this.network.lives(generation)) return;
    this.#text = JSON.stringify(session);
    this.network.lives(generation);
  };
  load = (): UploadSession | undefined =>
    this.#text === undefined ? undefined : (JSON.parse(this.#text) as UploadSession);
}

/** Stores its session when it is made and after every range, and goes on from it. */
async function goOn(
  client: Client,
  path: string,
  { bytes, options, network: { generation } }: Setting,
  checkpoint: Checkpoint,
  signal: AbortSignal,
  about: AttachOptions = {},
): Promise<unknown> {
  const stored = checkpoint.load();
  const more = { ...options, signal };
  const task = stored
    ? await LargeAttachmentTask.restore(client, stored, bytes, more)
    : await LargeAttachmentTask.create(client, path, bytes, { ...more, ...about, name: NAME });
  checkpoint.save(task.session, generation);
  return task[stored ? "resume" : "upload"]({ onProgress: () => checkpoint.save(task.session, generation), signal });
}

const ways: readonly ((setting: Setting) => World)[] = [
  function intercepted(setting) {
    const item = graphItem(setting);
    const client = withLargeAttachments(graphClient(setting), { ...setting.options, threshold: 50 }); // smaller ones pass
    const body = { "@odata.type": item.type, name: NAME, contentBytes: setting.bytes.toString("base64") };
    return {
      ...item,
      mortal: false,
      passes: true,
      attach: (signal) => client.api(`${item.path}/attachments`).option("signal", signal).post(body),
    };
  },
  function attached(setting) {
    const item = graphItem(setting);
    const client = withLargeAttachments(graphClient(setting), setting.options);
    return {
      ...item,
      mortal: false,
      attach: (signal) => client.api(item.path).attach(setting.bytes, { name: NAME, signal }),
    };
  },
  function streamed(setting) {
    const item = graphItem(setting);
    const client = withLargeAttachments(graphClient(setting), setting.options);
    const { bytes, network } = setting;
    async function* chunks() {
      for (let at = 0; at < bytes.length; at += CHUNK) {
        network.position = at + CHUNK;
        yield bytes.subarray(at, at + CHUNK);
      }
    }
    return {
      ...item,
      mortal: false,
      spent: true,
      attach: (signal) => client.api(item.path).attach(chunks(), { name: NAME, size: bytes.length, signal }),
    };
  },
  function taskThatDies(setting) {
    const item = graphItem(setting);
    const checkpoint = new Checkpoint(setting.network);
    return {
      ...item,
      mortal: true,
      attach: (signal) => goOn(graphClient(setting), item.path, setting, checkpoint, signal),
    };
  },
  function workItem(setting) {
    const { service } = setting;
    const { id, path } = service.azureDevOps.addWorkItem();
    const checkpoint = new Checkpoint(setting.network);
    const mortal = setting.pick(true, false);
    const added = () =>
      service.azureDevOps.workItem(id).relations.map(({ url }) => {
        const blob = service.azureDevOps.blob(/attachments\/([^/?]+)/.exec(url)![1]!);
        return { id: blob.id, bytes: blob.complete ? blob.bytes : Buffer.from("unfinished") };
      });
    const attach = (signal: AbortSignal) => {
      const client = azureClient(setting);
      return mortal
        ? goOn(client, path, setting, checkpoint, signal)
        : client.api(path).attach(setting.bytes, { name: NAME, signal });
    };
    return { attach, added, mortal, idOf: (result) => (result as { id: string }).id };
  },
  function driveFile(setting) {
    const { service, bytes, pick, varied } = setting;
    const conflictBehavior = pick("fail" as const, "replace" as const, "rename" as const);
    const about = { conflictBehavior, deferCommit: pick(false, false, true) };
    const older = Buffer.from("older");
    if (conflictBehavior !== "fail" && pick(true, false)) service.drive.addFile(`/Reports/${NAME}`, older);
    const folder = service.drive.addFolder("/Reports");
    const path = pick(
      `/me/drive/root:/Reports/${NAME}:`,
      `/me/drive/items/${folder.id}:/${NAME}`,
      `${folder.path}/children`,
    );
    const checkpoint = new Checkpoint(setting.network);
    const mortal = pick(true, false);
    const attach = (signal: AbortSignal) => {
      const client = withLargeAttachments(graphClient(setting), setting.options);
      return mortal
        ? goOn(client, path, setting, checkpoint, signal, about)
        : client.api(path).attach(bytes, { ...about, name: NAME, signal });
    };
    const added = () => service.drive.files().filter((file) => !file.bytes.equals(older));
    const idOf = (result: unknown) => (result as { id: string }).id;
    return { attach, added, mortal, idOf, blocks: varied.driveSecondSession === "refuse" };
  },
  function printDocument(setting) {
    const { service, bytes, pick } = setting;
    const { id, path } = service.print.addDocument();
    const checkpoint = new Checkpoint(setting.network);
    const mortal = pick(true, false);
    const attach = (signal: AbortSignal) => {
      const client = withLargeAttachments(graphClient(setting), setting.options);
      return mortal
        ? goOn(client, path, setting, checkpoint, signal)
        : client.api(path).attach(bytes, { name: NAME, signal });
    };
    const added = () => {
      const document = service.print.document(id);
      return document.bytes ? [{ id, bytes: document.bytes }] : [];
    };
    return { attach, added, mortal, idOf: (result) => (result as { id: string }).id };
  },
  function together(setting) {
    const { service, bytes, options, pick } = setting;
    const client = withLargeAttachments(graphClient(setting), options);
    const items = [service.addMessage(), service.addMessage(), service.addEvent(), service.addTask()];
    const [first] = items as [Item];
    const others = Array.from({ length: 6 }, () => pick(...items));
    const held = (item: Item) => service.attachments(item);
    const attach = async (signal: AbortSignal) => {
      const rest = others.map((item, i) => client.api(item.path).attach(bytes, { name: `${i}`, signal }));
      const own = client.api(first.path).attach(bytes, { name: NAME, signal });
      await Promise.allSettled([own, ...rest]);
      return own;
    };
    return {
      attach,
      added: () => held(first).filter(({ name }) => name === NAME),
      violations: () =>
        others.flatMap((item, i) => {
          const mine = held(item).filter(({ name }) => name === `${i}`);
          const wrong = mine.some((one) => !one.bytes.equals(bytes)) ? ["wrong bytes beside"] : [];
          return mine.length > 1 ? [`${mine.length} attachments beside`, ...wrong] : wrong;
        }),
      idOf: (result) => (result as { id: string }).id,
      mortal: false,
      share: 7,
    };
  },
  function chatMessage(setting) {
    const { service, bytes, pick, varied } = setting;
    const client = withLargeAttachments(graphClient(setting), setting.options);
    const place = pick(true, false) ? service.teams.addChat() : service.teams.addChannel();
    const files = [
      { file: bytes, name: NAME },
      { file: bytes.subarray(0, 40), name: "b" },
    ];
    const attach = (signal: AbortSignal) =>
      client
        .api(`${place.path}/messages`)
        .withAttachments(files, { signal })
        .post({ body: { content: "s" } });
    const added = () =>
      service.teams.messages(place).map(({ id, attachments }) => ({
        id,
        bytes: (attachments.length === 2 && attachments[0]!.file?.bytes) || Buffer.from("incomplete"),
      }));
    const idOf = (result: unknown) => (result as { id: string }).id;
    return { attach, added, mortal: false, idOf, share: 2, blocks: varied.driveSecondSession === "refuse" };
  },
  function linkInstead(setting) {
    const { service, bytes, network, varied } = setting;
    network.undoing.add("list").add("patch"); // a link that was stopped on its way is looked for, and taken back
    const client = withLargeAttachments(graphClient(setting), setting.options);
    const { id, path } = setting.pick(service.addMessage, service.addEvent)();
    const linkScope = varied.driveKind === "personal" ? ("anonymous" as const) : undefined;
    const attach = (signal: AbortSignal) =>
      client.api(path).attach(bytes, { name: NAME, overflow: "link", linkScope, maxSize: 50, signal });
    const added = () => {
      const shared = service.drive.files().filter((file) => service.drive.permissions(file).length > 0);
      const fileAt = (url: string) => shared.find((file) => service.drive.permissions(file)[0]!.link!.webUrl === url);
      const written = bodyOf(service, path).match(/https:\/\/\S+/g) ?? [];
      const files = [...written.map(fileAt), ...service.attachments(id).map(() => shared[0])];
      return files.map((file) => ({ id, bytes: file?.bytes ?? Buffer.from("a link that leads nowhere") }));
    };
    return { attach, added, mortal: false, blocks: varied.driveSecondSession === "refuse" };
  },
  function mail(setting) {
    const { service, bytes } = setting;
    const client = withLargeAttachments(graphClient(setting), setting.options);
    const { varied, pick } = setting;
    const toRecipients = [{ emailAddress: { address: "a@example.com" } }];
    const answers = pick(true, false);
    const path = answers ? `${service.addMessage({ draft: false }).path}/reply` : "/me/sendMail";
    const body =
      varied.jsonNames === "anyCase"
        ? { Message: { Subject: "s", ToRecipients: toRecipients } }
        : { message: { subject: "s", toRecipients } };
    const files = [
      { file: bytes.subarray(0, 40), name: "b" },
      { file: bytes, name: NAME },
      // the session of the second one opens during the last range of the first
      ...pick([], [{ file: bytes, name: pick("c", NAME) }]),
    ];
    const names = files.map(({ name }) => name).join();
    const attach = (signal: AbortSignal) => client.api(path).withAttachments(files, { signal }).post(body);
    const added = () =>
      service.mailbox.outbox().map(({ attachments }) => {
        const wrong = attachments.slice(1).find((one) => !one.bytes.equals(bytes));
        const isWhole = attachments.map(({ name }) => name).join() === names;
        return { id: "", bytes: isWhole ? (wrong?.bytes ?? bytes) : Buffer.from("incomplete") };
      });
    return { attach, added, mortal: false, share: files.length - 1 };
  },
];

/** The text of an item, read past the network. */
function bodyOf(service: Setting["service"], path: string): string {
  const headers = { authorization: `Bearer ${service.token}` };
  const exchange = service.open({ origin: "graph", method: "GET", url: `${origins.graph}v1.0${path}`, headers });
  const reply = exchange.answer(Buffer.alloc(0));
  exchange.close();
  return (JSON.parse(reply.body.toString()) as { body: { content: string } }).body.content;
}

function azureClient({ service, network, options }: Setting): Client {
  const { personalAccessToken } = service.azureDevOps;
  const fetchOptions = { generation: network.generation } as object;
  return createAzureDevOpsClient({
    ...options,
    organizationUrl: `${origins.azureDevOps}fabrikam`,
    personalAccessToken,
    fetchOptions,
  });
}
