/** @type {import("jest").Config} */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: ["<rootDir>/__tests__/{browser,cli,samples}/**/*.browser.ts"],
  reporters: ["default", "<rootDir>/scripts/browserTable.mjs"],
  maxWorkers: 1, // engines are heavy, and memory is measured
};
