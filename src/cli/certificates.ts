import { readFile } from "node:fs/promises";
import { rootCertificates } from "node:tls";
import { usageError } from "./failure.js";

type Agent = new (options: { connect: { ca: string[] } }) => object;

/** Options for `fetch` that trust the certificate authority in a PEM file, besides those that Node trusts. */
export async function fetchOptionsFor(caFile: string | undefined): Promise<Record<string, unknown>> {
  if (caFile === undefined) return {};
  const pem = await readFile(caFile, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw usageError(`The certificate ${caFile} cannot be read (${error.code}).`, "Check the path after --ca.");
  });
  if (!pem.includes("-----BEGIN CERTIFICATE-----"))
    throw usageError(
      `${caFile} holds no certificate in PEM format.`,
      "Give a file that begins with -----BEGIN CERTIFICATE-----.",
    );
  await fetch("data:,"); // Node creates its default agent, whose class is needed here, with the first request.
  const key = Object.getOwnPropertySymbols(globalThis).find(({ description }) =>
    description?.startsWith("undici.globalDispatcher"),
  );
  const agent = key && (globalThis as unknown as Record<symbol, { constructor: Agent }>)[key];
  if (!agent)
    throw usageError("This version of Node does not support --ca.", "Set NODE_EXTRA_CA_CERTS instead of --ca.");
  return { dispatcher: new agent.constructor({ connect: { ca: [...rootCertificates, pem] } }) };
}
