import { generateKeyPairSync, randomBytes, sign } from "node:crypto";

export interface Certificate {
  readonly key: string;
  /** PEM. It is self-signed, so clients trust it directly. */
  readonly cert: string;
}

const DAY = 86_400_000;

/**
 * Makes a certificate for the names of loopback. An elliptic curve takes milliseconds. It is not an authority: Deno
 * refuses a server with an authority's certificate, and trusting this one trusts nothing else.
 *
 * It is written here (RFC 5280), because Web Crypto refuses the bytes of jsdom and happy-dom, which have classes of their own.
 */
export function makeCertificate(): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ecdsaWithSha256 = sequence(objectId("2a8648ce3d040302"));
  const name = sequence(der(0x31, sequence(objectId("550403"), der(0x0c, Buffer.from("localhost")))));
  const unsigned = sequence(
    der(0xa0, der(0x02, Buffer.of(2))), // version 3
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])), // serial number, positive
    ecdsaWithSha256,
    name,
    sequence(time(Date.now() - DAY), time(Date.now() + 365 * DAY)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign("sha256", unsigned, privateKey);
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: pem(sequence(unsigned, ecdsaWithSha256, bits(signature))),
  };
}

/** A value of DER: its tag, its length and its content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(tag, ...head), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const objectId = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));
const bits = (bytes: Buffer, unused = 0): Buffer => der(0x03, Buffer.of(unused), bytes);
const time = (at: number): Buffer =>
  der(0x17, Buffer.from(`${new Date(at).toISOString().replace(/\D/g, "").slice(2, 14)}Z`));

const extension = (id: string, value: Buffer, critical = false): Buffer =>
  sequence(objectId(id), ...(critical ? [der(0x01, Buffer.of(255))] : []), der(0x04, value));

const extensions: readonly Buffer[] = [
  extension("551d13", sequence(), true), // basicConstraints: no authority
  extension("551d0f", bits(Buffer.of(0x80), 7), true), // keyUsage: digitalSignature
  extension("551d25", sequence(objectId("2b06010505070301"))), // extKeyUsage: serverAuth
  extension(
    "551d11", // subjectAltName
    sequence(
      der(0x82, Buffer.from("localhost")),
      der(0x87, Buffer.of(127, 0, 0, 1)),
      der(0x87, Buffer.concat([Buffer.alloc(15), Buffer.of(1)])),
    ),
  ),
];

function pem(bytes: Buffer): string {
  const lines = bytes.toString("base64").replace(/.{64}(?!$)/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
