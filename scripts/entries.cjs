// The entries of the package besides the main one, as package.json exports them. Scripts and settings derive from here what
// they need to know of them.
const { exports: published } = require("../package.json");
const { include } = require("../tsconfig.node.json");

/** The names after `graph-large-attachments/`. */
exports.entries = Object.keys(published)
  .filter((path) => path !== "." && !path.endsWith(".json"))
  .map((path) => path.replace("./", ""));

/** The entries of which Node loads a build of its own, the main one as ".". */
exports.builtForNode = Object.keys(published)
  .filter((path) => published[path].import?.node)
  .map((path) => path.replace("./", ""));

/** The entries that run on Node only. They are bundled with their dependencies. */
exports.nodeEntries = include.map((folder) => folder.replace("src/", ""));
