import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { generate } from "selfsigned";

/** A fake of Entra ID for device codes and client secrets. */
export interface Authority {
  readonly url: string;
  readonly ca: string;
  /** The requests, with the fields of their forms. */
  readonly asked: readonly ({ readonly path: string } & Readonly<Record<string, string>>)[];
  /** Sets the token that it gives. */
  grant(token: string): void;
  refuse(): void;
  neverGrant(): void;
  reset(): void;
  close(): Promise<void>;
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A reply with the account that signed in, which MSAL needs to store the sign-in. */
function signedIn(authority: string): object {
  const claims = {
    iss: `${authority}/v2.0`,
    aud: "my-app",
    oid: "adele",
    tid: "contoso",
    sub: "adele",
    exp: 4e9,
    iat: 1,
  };
  return {
    token_type: "Bearer",
    expires_in: 3600,
    ext_expires_in: 3600,
    scope: "",
    id_token: `${encode({ alg: "none" })}.${encode({ ...claims, preferred_username: "adele@contoso.example" })}.`,
    client_info: encode({ uid: "adele", utid: "contoso" }),
  };
}

/** Starts it on loopback. A device code works at the second request, because nobody enters it immediately. */
export async function startAuthority(first: string): Promise<Authority> {
  const { private: key, cert } = await generate([{ name: "commonName", value: "authority.example" }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] },
    ],
  });
  let token: string | "refused" | "never" = first;
  const asked: ({ path: string } & Record<string, string>)[] = [];
  const answer = (path: string): [status: number, body: object] => {
    const tenant = path.split("/")[1];
    const base = `${url}/${tenant}`;
    if (path.endsWith("/openid-configuration"))
      return [
        200,
        {
          issuer: `${base}/v2.0`,
          authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
          token_endpoint: `${base}/oauth2/v2.0/token`,
          device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
          jwks_uri: `${base}/discovery/v2.0/keys`,
        },
      ];
    if (path.endsWith("/devicecode"))
      return [
        200,
        {
          device_code: "a-device-code",
          user_code: "ABCD-1234",
          verification_uri: "https://login.example/device",
          expires_in: 900,
          interval: 1,
          message: "Open https://login.example/device and enter ABCD-1234.",
        },
      ];
    const { grant_type: grant } = asked.at(-1)!;
    if (token !== "refused" && (grant === "client_credentials" || grant === "refresh_token"))
      return [200, { ...signedIn(base), access_token: token }];
    if (token === "refused") return [400, { error: "access_denied", error_description: "The user has declined." }];
    const times = asked.filter((one) => one.path.endsWith("/token")).length;
    if (token === "never" || times < 2)
      return [400, { error: "authorization_pending", error_description: "The code was not entered yet." }];
    return [200, { ...signedIn(base), access_token: token, refresh_token: "a-refresh-token" }];
  };
  const server = createServer({ key, cert }, async (request, response) => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const path = request.url!.split("?")[0]!;
    asked.push({ ...Object.fromEntries(new URLSearchParams(text)), path });
    const [status, body] = answer(path);
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const url = `https://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url,
    ca: cert,
    asked,
    grant: (other) => (token = other),
    refuse: () => (token = "refused"),
    neverGrant: () => (token = "never"),
    reset: () => {
      token = first;
      asked.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
