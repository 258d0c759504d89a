process.env.FUZZ_FACTOR ??= "4";
process.env.EVERY_CASE ??= "1";
process.env.LOAD_FILES ??= "200";

/**
 * Tests that are complete rather than telling: products of rules, more cases of the fuzz tests and the load test, and the
 * tests that start many programs, with all their cases (__tests__/support/cases.ts).
 */
/** @type {import("jest").Config} */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: [
    "<rootDir>/__tests__/**/*.exhaustive.ts",
    "<rootDir>/__tests__/{fuzz,load}/*.test.ts",
    ...require("./jest.programs.js"),
  ],
};
