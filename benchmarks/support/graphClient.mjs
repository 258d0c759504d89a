import { Client } from "@microsoft/microsoft-graph-client";

/** Creates a Graph client for the local service, as applications do. */
export function graphClient(origin) {
  return Client.init({ baseUrl: origin, defaultVersion: "v1.0", authProvider: (done) => done(null, "token") });
}

/** The item that receives the attachments. */
export const MESSAGE = "/me/messages/1";
