/** The services that a probe can ask. "site" is a document library of SharePoint. */
export type ProbeService = "outlook" | "todo" | "drive" | "site" | "print" | "teams" | "azureDevOps";

export interface ProbeOptions {
  /** Gets a token for Graph. Without it, no service of Graph is probed. */
  readonly getToken?: () => Promise<string>;
  /** @default "https://graph.microsoft.com" */
  readonly graphUrl?: string;
  /** The user to probe, by id or address. An application always needs it. @default the signed-in user */
  readonly user?: string;
  /** A SharePoint site: its id, or `contoso.sharepoint.com:/sites/team:`. Shows what the site adds to a document. */
  readonly site?: string;
  /** The id of a printer share. Its job is never started, so nothing is printed. */
  readonly printShare?: string;
  readonly azureDevOps?: {
    /** As in `https://dev.azure.com/fabrikam`. */
    readonly organizationUrl: string;
    readonly project: string;
    /** Gets the value of the Authorization header. */
    readonly getAuthorization: () => Promise<string>;
  };
  /** Probes these services only. @default all that the other options open */
  readonly only?: readonly ProbeService[];
  /** Also sends two mails, to the signed-in user and nobody else. @default false */
  readonly send?: boolean;
  /** Options for `fetch`, such as a dispatcher that trusts a certificate. */
  readonly fetchOptions?: Readonly<Record<string, unknown>>;
  /** Stops the probe. It deletes what it made, and returns the report of what it saw. */
  readonly signal?: AbortSignal;
  /** Called before each request, with a line without tokens, ids and upload URLs. */
  readonly onRequest?: (line: string) => void;
}

export type ProbeValue = string | number | boolean | null;

/** One fact of the report. */
export interface ProbeFact {
  readonly name: string;
  readonly service: ProbeService | "any";
  /** The fact in plain words. */
  readonly fact: string;
  /** The documented value. Absent if it says nothing. */
  readonly documented?: ProbeValue;
  /** The value that this tenant showed. Absent if it was not seen: `why` says the reason. */
  readonly seen?: ProbeValue;
  readonly why?: string;
  /** The variation of the emulator that the fact settles. */
  readonly switch?: string;
  /** True if the tenant differs from the documentation. `client` says how this library behaves there. */
  readonly contradicts?: true;
  readonly client?: string;
}

/** The result of a probe. It holds no token, address, name, id or URL of the tenant. */
export interface ProbeReport {
  /** The version of this format. */
  readonly probe: 1;
  /** ISO 8601. */
  readonly started: string;
  readonly ended: string;
  readonly requests: number;
  /** Bytes sent in bodies. */
  readonly bytes: number;
  /** True if the probe was stopped before its end. */
  readonly stopped?: true;
  /** Version headers of the services, by host kind and header. */
  readonly versions: Readonly<Record<string, string>>;
  readonly facts: readonly ProbeFact[];
  /** The emulator's variations as this tenant showed them. */
  readonly variations: Readonly<Record<string, ProbeValue>>;
  /** Items that the probe made and could not delete, by the name that a person finds. */
  readonly left: readonly string[];
}

/** A fact that differs between two reports. */
export interface ProbeChange {
  readonly name: string;
  readonly fact: string;
  readonly before?: ProbeValue;
  readonly now?: ProbeValue;
}
