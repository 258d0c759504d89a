process.env.FUZZ_FACTOR ??= "10";

/** What is complete rather than telling: products of rules, and ten times as many cases of the fuzz tests. */
/** @type {import("jest").Config} */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: ["<rootDir>/__tests__/**/*.exhaustive.ts", "<rootDir>/__tests__/fuzz/*.test.ts"],
};
