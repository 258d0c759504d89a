// The sandbox: a network and a mount namespace in which the real host names lead to the emulator on loopback.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import selfsigned from "selfsigned";
import { startEmulator } from "../../src/emulator/index.ts";
import { defaultVariations } from "../../src/emulator/variations.ts";
import { openGateway } from "./gateway.mjs";

const script = fileURLToPath(new URL("../clients.mjs", import.meta.url));
const systemBundle = "/etc/ssl/certs/ca-certificates.crt";

/** The host names of the services, by the emulator's origin. */
const names = {
  graph: "graph.microsoft.com",
  outlook: "outlook.office.com",
  drive: "contoso-my.sharepoint.com",
  azureDevOps: "dev.azure.com",
  signIn: "login.microsoftonline.com",
};

const namespace = ["--mount", "--net", ...(process.getuid?.() === 0 ? [] : ["--map-root-user"])];

/** The reason why there can be no sandbox here, if there is one. */
export function canSandbox() {
  if (process.platform !== "linux") return "the sandbox needs namespaces, which only Linux has.";
  const tried = spawnSync("unshare", [...namespace, "true"]);
  return tried.status === 0 ? undefined : "the sandbox needs root, or namespaces that any user may make.";
}

/** Runs the script again in the sandbox, whose authority Node trusts from the start. Returns its exit code. */
export async function reenter(home) {
  const authority = await selfsigned.generate([{ name: "commonName", value: "Emulator" }], {
    ...{ keyType: "ec", algorithm: "sha256" },
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, digitalSignature: true, critical: true },
    ],
  });
  const own = await selfsigned.generate([{ name: "commonName", value: names.graph }], {
    ...{ keyType: "ec", algorithm: "sha256", ca: { key: authority.private, cert: authority.cert } },
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "subjectAltName", altNames: Object.values(names).map((value) => ({ type: 2, value })) },
    ],
  });
  writeFileSync(join(home, "authority.pem"), authority.cert);
  writeFileSync(join(home, "gateway.pem"), own.cert);
  writeFileSync(join(home, "gateway.key"), own.private);
  const node = [process.execPath, "--import", "tsx", script, ...process.argv.slice(2)];
  const env = { ...process.env, CLIENTS_HOME: home, NODE_EXTRA_CA_CERTS: join(home, "authority.pem") };
  const [code] = await once(spawn("unshare", [...namespace, ...node], { stdio: "inherit", env }), "exit");
  return code ?? 1;
}

/** Sets the sandbox up from within: loopback, host names, the authority, the emulator and its gateway. */
export async function enter(home) {
  execFileSync("ip", ["link", "set", "lo", "up"]);
  const hosts = join(home, "hosts");
  writeFileSync(hosts, `127.0.0.1 localhost ${Object.values(names).join(" ")}\n`);
  cover("/etc/hosts", hosts);
  const authority = join(home, "authority.pem");
  if (existsSync(systemBundle)) {
    const bundle = join(home, "bundle.pem");
    writeFileSync(bundle, readFileSync(systemBundle, "utf8") + readFileSync(authority, "utf8"));
    cover(systemBundle, bundle);
  }
  const emulator = await startEmulator();
  const gateway = await openGateway(emulator, names, {
    cert: readFileSync(join(home, "gateway.pem")),
    key: readFileSync(join(home, "gateway.key")),
  });
  return {
    emulator,
    authority,
    refusals: gateway.refusals,
    defaults: defaultVariations,
    close: async () => {
      await gateway.close();
      await emulator.close();
    },
  };
}

/** Lays one file over another, for this namespace alone. */
const cover = (file, by) => execFileSync("mount", ["--bind", by, file]);
