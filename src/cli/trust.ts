import { readFile } from "node:fs/promises";
import { rootCertificates } from "node:tls";
import { misused } from "./failure.js";

type Agent = new (options: { connect: { ca: string[] } }) => object;

/** Options for `fetch` that have it trust the authority whose PEM file is at `path`, besides those that Node knows. */
export async function trusting(path: string | undefined): Promise<Record<string, unknown>> {
  if (path === undefined) return {};
  const pem = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw misused(`The certificate ${path} cannot be read (${error.code}).`, "Check the path after --ca.");
  });
  if (!pem.includes("-----BEGIN CERTIFICATE-----"))
    throw misused(`${path} holds no certificate in PEM.`, "Give a file that begins with -----BEGIN CERTIFICATE-----.");
  await fetch("data:,"); // the default agent, whose class is wanted, is made at the first use
  const key = Object.getOwnPropertySymbols(globalThis).find(({ description }) =>
    description?.startsWith("undici.globalDispatcher"),
  );
  const agent = key && (globalThis as unknown as Record<symbol, { constructor: Agent }>)[key];
  if (!agent)
    throw misused(
      "This runtime cannot be told to trust another authority.",
      "Set NODE_EXTRA_CA_CERTS instead of --ca.",
    );
  return { dispatcher: new agent.constructor({ connect: { ca: [...rootCertificates, pem] } }) };
}
