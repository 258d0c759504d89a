// What office-addin-manifest makes of a manifest. A process of its own: Jest cannot load its ES modules.
import manifests from "office-addin-manifest";

const { OfficeAddinManifest, validateManifest } = manifests;
const [path] = process.argv.slice(2);
const info = await OfficeAddinManifest.readManifestFile(path);
// For XML it would ask a service of Microsoft's.
const checked = path.endsWith(".json") ? await validateManifest(path) : undefined;
process.stdout.write(JSON.stringify({ info, isValid: checked?.isValid, errors: checked?.report?.errors ?? [] }));
