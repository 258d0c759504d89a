// node scripts/release.mjs             releases the changes below "Unreleased" in CHANGELOG.md
// node scripts/release.mjs --preview   prints the next version
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";

const [changelog, api] = ["CHANGELOG.md", "API.md"].map((path) => readFileSync(path, "utf8").replaceAll("\r\n", "\n"));
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const [whole, unreleased] = /^## Unreleased\n([^]*?)(?=^## |$(?![^]))/m.exec(changelog) ?? [];
const kinds = [...(unreleased ?? "").matchAll(/^### (\w+)\n+(?=- )/gm)].map(([, kind]) => kind);
const next = nextVersion(version, kinds);

if (!next) {
  console.error(
    "CHANGELOG.md has no lines below ## Unreleased and ### Major, ### Minor or ### Patch: nothing to release.",
  );
  process.exitCode = 1;
} else if (process.argv.includes("--preview")) {
  console.log(`${version} -> ${next}\n${unreleased.trimEnd()}`);
} else {
  const hash = createHash("sha256").update(api).digest("hex");
  const heading = `## ${next}\n\n<!-- API.md ${hash} -->\n`;
  writeFileSync(
    "CHANGELOG.md",
    changelog.replace(whole, () => whole.replace("## Unreleased\n", heading)),
  );
  for (const path of ["package.json", "package-lock.json"]) {
    const manifest = JSON.parse(readFileSync(path, "utf8"));
    manifest.version = next;
    if (manifest.packages) manifest.packages[""].version = next;
    writeFileSync(path, `${JSON.stringify(manifest, undefined, 2)}\n`);
  }
  console.log(`${next} is in package.json, package-lock.json and CHANGELOG.md: review them.`);
}

/** The next version by semantic versioning. Before 1.0.0, a breaking change is a minor version. */
function nextVersion(current, kinds) {
  const [major, minor, patch] = current.split(".").map(Number);
  if (kinds.includes("Major")) return major === 0 ? `0.${minor + 1}.0` : `${major + 1}.0.0`;
  if (kinds.includes("Minor")) return `${major}.${minor + 1}.0`;
  return kinds.includes("Patch") ? `${major}.${minor}.${patch + 1}` : undefined;
}
