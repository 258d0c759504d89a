/** Real processes that are killed, and real servers (Redis, PostgreSQL), which the tests start themselves on free ports. */
/** @type {import("jest").Config} */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: ["<rootDir>/__tests__/workers/**/*.workers.ts"],
  maxWorkers: 1, // each test has processes of its own
};
