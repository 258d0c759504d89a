import { Client, type ClientOptions } from "@microsoft/microsoft-graph-client";
import { startEmulator } from "graph-large-attachments/emulator";

/** A Graph client, and items to attach to. */
export interface Connection {
  readonly name: string;
  readonly client: Client;
  /** Both return the URL of the new item. */
  createDraft(): Promise<string>;
  createTask(): Promise<string>;
  close(): Promise<void>;
}

/** Connects to Graph if the environment has a sign-in, or to an emulator. */
export async function connect(): Promise<Connection> {
  const { GRAPH_ACCESS_TOKEN: token, AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId } = process.env;
  if (token) return graph({ authProvider: { getAccessToken: async () => token } });
  if (tenantId && clientId) return graph({ authProvider: await deviceCode(tenantId, clientId) });
  return emulator();
}

function graph(options: ClientOptions): Connection {
  const client = Client.initWithMiddleware(options);
  return {
    name: "Microsoft Graph",
    client,
    createDraft: () => createDraft(client),
    createTask: async () => {
      const { value: lists } = await client.api("/me/todo/lists").get();
      const tasks = `/me/todo/lists/${lists[0].id}/tasks`;
      return `${tasks}/${(await client.api(tasks).post({ title: "A large attachment" })).id}`;
    },
    close: async () => {},
  };
}

async function emulator(): Promise<Connection> {
  const emulator = await startEmulator();
  const authProvider = { getAccessToken: async () => emulator.token };
  const client = Client.initWithMiddleware({ ...emulator.clientOptions, authProvider });
  return {
    name: "the emulator",
    client,
    createDraft: () => createDraft(client),
    createTask: async () => emulator.addTask().path,
    close: () => emulator.close(),
  };
}

async function createDraft(client: Client): Promise<string> {
  return `/me/messages/${(await client.api("/me/messages").post({ subject: "A large attachment" })).id}`;
}

async function deviceCode(tenantId: string, clientId: string): Promise<ClientOptions["authProvider"]> {
  const { DeviceCodeCredential } = await import("@azure/identity");
  const { TokenCredentialAuthenticationProvider } =
    await import("@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js");
  const credential = new DeviceCodeCredential({ tenantId, clientId });
  return new TokenCredentialAuthenticationProvider(credential, { scopes: ["Mail.ReadWrite", "Tasks.ReadWrite"] });
}
