import { generate } from "selfsigned";

export interface Certificate {
  readonly key: string;
  /** PEM. It is self-signed, so clients trust it directly. */
  readonly cert: string;
}

/**
 * Makes a certificate for the names of loopback. An elliptic curve takes milliseconds. It is not an authority: Deno
 * refuses a server with an authority's certificate, and trusting this one trusts nothing else.
 */
export async function makeCertificate(): Promise<Certificate> {
  const pems = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date(Date.now() - 86_400_000),
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          { type: 2, value: "localhost" },
          { type: 7, ip: "127.0.0.1" },
          { type: 7, ip: "::1" },
        ],
      },
    ],
  });
  return { key: pems.private, cert: pems.cert };
}
