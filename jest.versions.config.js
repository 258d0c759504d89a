const base = require("./jest.config.js");

/** The tests that another version of Node can change: not those of pages, types, files of the package, pure functions, and the emulator. */
/** @type {import("jest").Config} */
module.exports = {
  ...base,
  testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
  testPathIgnorePatterns: [
    ...base.testPathIgnorePatterns,
    "/__tests__/(docs|readme|samples|package|types|probe|protocols|emulator|outlook|fuzz)/",
    "/__tests__/(attach|client|messages|simulation|conformance/(diagnostics|ending|shrinking|sizes))",
    "/__tests__/[^/]*$",
  ],
};
