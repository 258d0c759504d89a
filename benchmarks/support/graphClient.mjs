import { Client } from "@microsoft/microsoft-graph-client";

/** A Graph client as applications make it, of the local service. */
export function graphClient(origin) {
  return Client.init({ baseUrl: origin, defaultVersion: "v1.0", authProvider: (done) => done(null, "token") });
}

/** Where attachments go. */
export const MESSAGE = "/me/messages/1";
