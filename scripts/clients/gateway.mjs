// The gateway: https on port 443 for the real host names. It passes requests on to the emulator as they are, and writes
// the real names where the emulator's addresses stand in JSON and in Location. It plays the sign-in itself.
import { once } from "node:events";
import { createServer, request } from "node:https";

export async function openGateway(emulator, names, certificate) {
  const bases = {
    [names.graph]: emulator.graphUrl,
    [names.outlook]: emulator.outlookUrl,
    [names.drive]: emulator.driveUrl,
    [names.azureDevOps]: emulator.azureDevOps.organizationUrl.replace(/^(https:\/\/[^/]+\/).*$/, "$1"),
  };
  const inside = (text) =>
    replaceAll(
      text,
      Object.entries(bases).map(([name, base]) => [`https://${name}/`, base]),
    );
  const outside = (text) =>
    replaceAll(
      text,
      Object.entries(bases).map(([name, base]) => [base, `https://${name}/`]),
    );

  const refusals = [];
  const server = createServer(certificate, (incoming, response) => {
    const host = incoming.headers.host?.replace(/:443$/, "");
    if (host === names.signIn) return void signIn(response);
    pass(incoming, response, new URL(incoming.url, bases[host])).catch(() => response.destroy()); // as the emulator's own side broke off
  });

  async function signIn(response) {
    const token = { token_type: "Bearer", expires_in: 3600, access_token: emulator.token, refresh_token: "refresh" };
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ ...token, scope: "Files.ReadWrite" }));
  }

  // Texts are read as latin1, which keeps every byte: some clients call a range of a file JSON.
  async function pass(incoming, response, url) {
    const headers = { ...incoming.headers, host: url.host };
    const options = { method: incoming.method, headers, ca: emulator.ca, agent: false };
    // The path goes as it came: URL would rewrite some of it.
    const outgoing = request({ ...options, hostname: url.hostname, port: url.port, path: incoming.url });
    incoming.on("aborted", () => outgoing.destroy());
    if (isJson(incoming.headers)) {
      const body = Buffer.from(inside((await whole(incoming)).toString("latin1")), "latin1");
      if (headers["content-length"] !== undefined) outgoing.setHeader("content-length", body.length);
      outgoing.end(body);
    } else incoming.pipe(outgoing);
    const [answer] = await once(outgoing, "response");
    const given = { ...answer.headers };
    if (given.location) given.location = outside(given.location);
    if (!isJson(given)) return void answer.pipe(response.writeHead(answer.statusCode, given));
    const text = Buffer.from(outside((await whole(answer)).toString("latin1")), "latin1");
    if (answer.statusCode >= 400) refusals.push(`${answer.statusCode} ${incoming.method} ${text} ${incoming.url}`);
    response.writeHead(answer.statusCode, { ...given, "content-length": text.length }).end(text);
  }

  server.listen(443, "127.0.0.1");
  await once(server, "listening");
  return {
    refusals,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const isJson = (headers) => /json/.test(headers["content-type"] ?? "");
const replaceAll = (text, pairs) => pairs.reduce((all, [from, to]) => all.replaceAll(from, to), text);

async function whole(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}
