process.env.FUZZ_FACTOR ??= "4";
process.env.LOAD_FILES ??= "200";

/** Tests that are complete rather than telling: products of rules, and more cases of the fuzz tests and the load test. */
/** @type {import("jest").Config} */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: ["<rootDir>/__tests__/**/*.exhaustive.ts", "<rootDir>/__tests__/{fuzz,load}/*.test.ts"],
};
