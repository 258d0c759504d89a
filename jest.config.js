const { availableParallelism } = require("node:os");
const programs = require("./jest.programs.js");
/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  testMatch: [
    "<rootDir>/__tests__/**/*.test.ts",
    ...programs.map((path) => path.replace("<rootDir>", `!${__dirname}`)),
  ],
  testPathIgnorePatterns: ["/node_modules/", "/dist/"],
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
  maxWorkers: Math.ceil(availableParallelism() * 1.5), // many tests wait, and by default Jest leaves one core idle
  testSequencer: "<rootDir>/jest.sequencer.js",
  testTimeout: 300_000, // ends what hangs; a busy machine alone must not reach it
  transform: {
    "^.+\\.ts$": [
      "ts-jest",
      {
        tsconfig: { module: "CommonJS", moduleResolution: "node10", isolatedModules: true, esModuleInterop: true },
        diagnostics: false,
      },
    ],
  },
  moduleNameMapper: {
    "^graph-large-attachments$": "<rootDir>/src/index.ts",
    [`^graph-large-attachments/(${require("./scripts/entries.cjs").entries.join("|")})$`]: "<rootDir>/src/$1/index.ts",
    "^(\\.{1,2}/.*)\\.js$": "$1",
  },
};
