// Reads a manifest with office-addin-manifest, in its own process because Jest cannot load its ES modules.
import manifests from "office-addin-manifest";

const { OfficeAddinManifest, validateManifest } = manifests;
const [path] = process.argv.slice(2);
const info = await OfficeAddinManifest.readManifestFile(path);
// XML would need an online service.
const checked = path.endsWith(".json") ? await validateManifest(path) : undefined;
process.stdout.write(JSON.stringify({ info, isValid: checked?.isValid, errors: checked?.report?.errors ?? [] }));
