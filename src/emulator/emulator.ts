import type { ClientOptions, Emulator, EmulatorOptions, Origin } from "./api.js";
import { makeDenoClient, makeDispatcher } from "./dispatcher.js";
import { readLike } from "./like.js";
import { checkFault, checkOptions, checkVariations } from "./mistakes.js";
import { createService } from "./service.js";
import { carry, type Wire } from "./wire/carry.js";
import { makeCertificate } from "./wire/certificate.js";
import { FaultQueue } from "./wire/faults.js";
import { Pauses } from "./wire/pauses.js";
import { listen, type Listening } from "./wire/server.js";

/** Starts a strict local Graph with its upload hosts, and Azure DevOps, to test uploads against. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  checkOptions(options);
  const like = await readLike(options.like);
  const certificate = options.certificate ?? makeCertificate();
  const pauses = new Pauses();
  const bases: Record<Origin, string> = { graph: "", outlook: "", azureDevOps: "", drive: "", print: "" };
  const started: Listening[] = [];
  const closeAll = (): Promise<unknown> => Promise.all(started.map((each) => each.close()));
  const start = async (origin: Origin, host: string): Promise<Listening> => {
    const listening = await listen(
      host,
      options.ports?.[origin] ?? 0,
      certificate,
      (request, response) => void carry(wire, origin, bases[origin], request, response),
    ).catch(async (error: unknown) => {
      await closeAll();
      throw error;
    });
    started.push(listening);
    return listening;
  };
  const graph = await start("graph", "localhost");
  const outlook = await start("outlook", "127.0.0.1");
  const drive = await start("drive", "127.0.0.1");
  const print = await start("print", "127.0.0.1");
  const azureDevOps = await start("azureDevOps", "localhost");
  bases.graph = `https://localhost:${graph.port}/`;
  bases.outlook = `https://127.0.0.1:${outlook.port}/`;
  bases.drive = `https://127.0.0.1:${drive.port}/`;
  bases.print = `https://127.0.0.1:${print.port}/`;
  bases.azureDevOps = `https://localhost:${azureDevOps.port}/`;

  const service = createService({
    ...options,
    vary: { ...like, ...options.vary },
    graphUrl: bases.graph,
    outlookUrl: bases.outlook,
    driveUrl: bases.drive,
    printUrl: bases.print,
    azureDevOpsUrl: bases.azureDevOps,
  });
  const faults = new FaultQueue();
  const wire: Wire = { service, faults, pauses };
  const dispatcher = await makeDispatcher(certificate.cert);
  const client = makeDenoClient(certificate.cert);

  return {
    graphUrl: bases.graph,
    outlookUrl: bases.outlook,
    driveUrl: bases.drive,
    printUrl: bases.print,
    ca: certificate.cert,
    certificate: { key: certificate.key, cert: certificate.cert },
    token: service.token,
    clientOptions: clientOptions(bases.graph, { dispatcher, client, tls: { ca: certificate.cert } }),
    addMessage: service.addMessage,
    addEvent: service.addEvent,
    addTask: service.addTask,
    addAttachment: service.addAttachment,
    attachments: service.attachments,
    mailbox: service.mailbox,
    events: service.events,
    vary: (changes) => {
      checkVariations(changes);
      service.vary(changes);
    },
    get sessions() {
      return service.sessions;
    },
    requests: service.requests,
    uploads: service.uploads,
    timeline: service.timeline,
    azureDevOps: service.azureDevOps,
    drive: service.drive,
    print: service.print,
    teams: service.teams,
    fault: (...scripts) => {
      scripts.forEach(checkFault);
      faults.add(scripts);
    },
    unusedFaults: () => faults.unused(),
    verifyFaults: () => faults.verify(),
    reset: () => {
      service.reset();
      faults.clear();
    },
    close: async () => {
      pauses.end();
      await Promise.all([closeAll(), dispatcher?.destroy()]);
      client?.close();
    },
  };
}

function clientOptions(baseUrl: string, trust: Record<string, unknown>): ClientOptions {
  const known = Object.entries(trust).filter(([, value]) => value !== undefined);
  return { baseUrl, customHosts: new Set(["localhost"]), fetchOptions: Object.fromEntries(known) };
}
