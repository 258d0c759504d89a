/**
 * Plays Office.js of one host, for a draft that Graph has. Tests and the sample use it in place of Outlook: what the API says
 * is documented, how late a host notices is what people report (office-js #5847, #6077).
 */
export interface HostSettings {
  /** @default "web" */
  readonly host?: "web" | "new" | "classic" | "mac" | "mobile";
  /** Milliseconds until the window shows an attachment that Graph has added. @default never */
  readonly noticesAfter?: number;
  /** Codes with which the first calls of `saveAsync` fail. */
  readonly saveErrors?: readonly number[];
  /** The error of `addFileAttachmentFromBase64Async`. `adds`: the file is in the window all the same. */
  readonly addError?: { readonly name: string; readonly code?: number; readonly adds?: boolean };
  /** The mailbox of somebody else that holds the draft. */
  readonly owner?: string;
  /** Requirement sets that differ from those of the host. "" is none. */
  readonly sets?: Readonly<Record<string, string>>;
  /** `"appointment"` for an event. @default "message" */
  readonly itemType?: "message" | "appointment";
}

/** The draft on the server. */
export interface Server {
  /** Its id for Graph, as it is now. */
  id(): string | Promise<string>;
  /** The attachments that it has there. */
  list(): Promise<readonly { readonly id: string; readonly name: string }[]>;
}

const hosts = {
  web: { hostName: "OutlookWebApp", platform: "OfficeOnline", Mailbox: "1.15" },
  new: { hostName: "newOutlookWindows", platform: "OfficeOnline", Mailbox: "1.15" },
  classic: { hostName: "Outlook", platform: "PC", Mailbox: "1.15" },
  mac: { hostName: "Outlook", platform: "Mac", Mailbox: "1.15" },
  mobile: { hostName: "OutlookIOS", platform: "iOS", Mailbox: "1.5" },
};

const errors: Record<number, readonly [name: string, message: string]> = {
  9016: ["Permission denied", "Access is denied."],
  9020: ["Generic Response Error", "An internal error has occurred."],
  9021: ["Save Error", "Connection error occurred while trying to save the item on the server."],
  9022: [
    "Message In Different Store Error",
    "The EWS ID cannot be retrieved because the message is saved in another store.",
  ],
  9041: ["Network error", "The user is no longer connected to the network."],
};

interface Result {
  readonly status: "succeeded" | "failed";
  readonly value?: unknown;
  readonly error?: { readonly code: number; readonly name: string; readonly message: string };
}
type Done = (result: Result) => void;

/** A file that Office.js has added to the window. */
export interface AddedFile {
  readonly id: string;
  readonly name: string;
  readonly base64: string;
  readonly isInline: boolean;
}

/** Outlook's ids have two characters that a path cannot have. `convertToRestId` replaces them. */
const toEwsId = (id: string) => id.replaceAll("-", "/").replaceAll("_", "+");
const toRestId = (id: string) => id.replaceAll("/", "-").replaceAll("+", "_");

/** The global `Office`, and what a test can look at. */
export function playHost(server: Server, settings: HostSettings = {}) {
  const { host = "web", noticesAfter = Infinity, owner, itemType = "message" } = settings;
  const { hostName, platform, Mailbox } = hosts[host];
  const sets: Record<string, string> = {
    ...{ Mailbox, NestedAppAuth: host === "mobile" ? "" : "1.1", DialogApi: "1.1" },
    ...settings.sets,
  };
  const state = { saves: 0, added: [] as AddedFile[], removed: [] as string[], session: new Map<string, string>() };
  const seen = new Map<string, number>();
  const later = (work: () => Promise<unknown> | unknown, done: Done) =>
    void Promise.resolve()
      .then(work)
      .then(
        (value) => done({ status: "succeeded", value }),
        (error) =>
          done({ status: "failed", error: { code: error.code ?? 5001, name: error.name, message: error.message } }),
      );
  const failure = (code: number, [name, message] = errors[code]!) => Object.assign(new Error(message), { name, code });

  async function noticed() {
    if (noticesAfter === Infinity) return [];
    const all = await server.list();
    for (const { id } of all) if (!seen.has(id)) seen.set(id, Date.now());
    return all
      .filter(({ id }) => Date.now() - seen.get(id)! >= noticesAfter)
      .map(({ id, name }) => ({ id: toEwsId(id), name, attachmentType: "file" }));
  }

  const compose = {
    addFileAttachmentFromBase64Async(base64: string, name: string, { isInline }: { isInline: boolean }, done: Done) {
      if (base64 === "") throw new Error("Sys.ArgumentNullException: Value cannot be null. Parameter name: base64File");
      const file = { id: `addin${state.added.length}`, name, base64, isInline };
      const { addError } = settings;
      later(() => {
        if (!addError || addError.adds) state.added.push(file);
        if (addError) throw failure(addError.code ?? 9000, [addError.name, "The attachment was not added."]);
        return file.id;
      }, done);
    },
    removeAttachmentAsync(id: string, done: Done) {
      state.removed.push(id);
      state.added = state.added.filter((one) => one.id !== id);
      later(() => undefined, done);
    },
    getAttachmentsAsync: (done: Done) =>
      later(async () => [...state.added.map(({ id, name }) => ({ id, name })), ...(await noticed())], done),
    getItemIdAsync: (done: Done) => later(async () => toEwsId(await server.id()), done),
    getSharedPropertiesAsync: (done: Done) =>
      later(() => {
        if (owner === undefined) throw failure(9020);
        return {
          owner,
          targetMailbox: owner,
          targetRestUrl: "https://outlook.office.com/api",
          delegatePermissions: 63,
        };
      }, done),
    sessionData: {
      setAsync: (name: string, value: string, done: Done) => later(() => void state.session.set(name, value), done),
      removeAsync: (name: string, done: Done) => later(() => void state.session.delete(name), done),
      getAsync: (name: string, done: Done) =>
        later(() => {
          if (!state.session.has(name)) throw failure(9020);
          return state.session.get(name);
        }, done),
    },
  };
  const item = {
    itemType,
    ...(host === "mobile" ? {} : compose),
    ...(host === "mobile"
      ? {}
      : {
          saveAsync: (done: Done) =>
            later(async () => {
              const code = settings.saveErrors?.[state.saves];
              state.saves += 1;
              if (code !== undefined && code !== 0) throw failure(code);
              return toEwsId(await server.id());
            }, done),
        }),
  };

  const Office = {
    onReady: (ready?: () => void) => Promise.resolve({ host: "Outlook", platform }).then((info) => (ready?.(), info)),
    AsyncResultStatus: { Succeeded: "succeeded", Failed: "failed" },
    EventType: { OfficeThemeChanged: "officeThemeChanged" },
    MailboxEnums: { ItemType: { Message: "message", Appointment: "appointment" }, RestVersion: { v2_0: "v2.0" } },
    actions: { associate: () => {} },
    context: {
      platform,
      diagnostics: { host: "Outlook", platform },
      requirements: {
        isSetSupported: (name: string, version = "1.1") => isAtLeast(sets[name] ?? "", version),
      },
      mailbox: {
        item,
        diagnostics: { hostName },
        addHandlerAsync: () => {},
        ...(host === "mobile" ? {} : { convertToRestId: toRestId }),
      },
    },
  };
  return { Office, item, state };
}

function isAtLeast(has: string, wanted: string): boolean {
  if (has === "") return false;
  const [[hasMajor, hasMinor = 0], [major, minor = 0]] = [has, wanted].map((text) => text.split(".").map(Number)) as [
    [number, number?],
    [number, number?],
  ];
  return hasMajor > major || (hasMajor === major && hasMinor >= minor);
}
