import { X509Certificate } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EmulatorOptions } from "graph-large-attachments/emulator";
import { stateFolder } from "../stateFolder.js";

export type Certificate = NonNullable<EmulatorOptions["certificate"]>;

/** A certificate of the emulator that is kept from one start to the next, and its path. */
export interface KeptCertificate extends Certificate {
  readonly path: string;
}

/** Milliseconds. A certificate that ends sooner is replaced. */
const LEAST = 30 * 86_400_000;

/** Reads the certificate that an earlier emulator has kept, unless it ends soon. */
export async function readCertificate(state = stateFolder()): Promise<KeptCertificate | undefined> {
  const folder = join(state, "emulator");
  const path = join(folder, "ca.pem");
  try {
    const [key, cert] = [await readFile(join(folder, "key.pem"), "utf8"), await readFile(path, "utf8")];
    const ends = new Date(new X509Certificate(cert).validTo).getTime();
    return ends - Date.now() > LEAST ? { path, key, cert } : undefined;
  } catch {
    return undefined; // There is none, or it cannot be read.
  }
}

/** Keeps a certificate, and returns the one that is kept: an emulator that starts at the same time may be faster. */
export async function keepCertificate({ key, cert }: Certificate, state = stateFolder()): Promise<KeptCertificate> {
  const folder = join(state, "emulator");
  await mkdir(state, { recursive: true, mode: 0o700 });
  const fresh = await mkdtemp(`${folder}-`);
  await writeFile(join(fresh, "key.pem"), key, { mode: 0o600 });
  await writeFile(join(fresh, "ca.pem"), cert);
  if (!(await readCertificate(state))) await rm(folder, { recursive: true, force: true });
  // A folder is renamed as a whole, so key and certificate belong together.
  await rename(fresh, folder).catch(() => rm(fresh, { recursive: true, force: true }));
  const kept = await readCertificate(state);
  if (!kept) throw new Error(`The certificate of the emulator could not be kept in ${folder}.`);
  return kept;
}
