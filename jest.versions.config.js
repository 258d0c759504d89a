const base = require("./jest.config.js");

/** The tests that another version of Node can change: not those of pages, samples, types and the package's files. */
/** @type {import("jest").Config} */
module.exports = {
  ...base,
  testPathIgnorePatterns: [...base.testPathIgnorePatterns, "/__tests__/(docs|readme|samples|package|types|probe)/"],
};
