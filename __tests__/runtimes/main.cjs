// The smoke suite on Node, Bun and Deno, with the package required.
/* eslint-disable @typescript-eslint/no-require-imports */
const kit = { ...require("@microsoft/microsoft-graph-client"), ...require("graph-large-attachments") };

import("./runHere.mjs").then(({ runHere }) => runHere(kit));
