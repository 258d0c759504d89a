/** Many processes on one mailbox, with a real Redis: npm run test:workers. */
/** @type {import("jest").Config} */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: ["<rootDir>/__tests__/workers/**/*.workers.ts"],
  maxWorkers: 1, // their processes share the computer
};
