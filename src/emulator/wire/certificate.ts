import { generate } from "selfsigned";

export interface Certificate {
  readonly key: string;
  /** PEM; it signs itself, so it is also what a client has to trust. */
  readonly cert: string;
}

/**
 * A fresh certificate for the names of loopback; elliptic curve, as that takes milliseconds. It is no authority's:
 * Deno refuses a server that shows one, also where it is trusted, and who trusts it trusts nothing else by it.
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
