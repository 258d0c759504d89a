/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "/dist/"],
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
  maxWorkers: "100%", // by default Jest leaves one core idle
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
    "^graph-large-attachments/node$": "<rootDir>/src/node/index.ts",
    "^graph-large-attachments/nodemailer$": "<rootDir>/src/nodemailer/index.ts",
    "^graph-large-attachments/redis$": "<rootDir>/src/redis/index.ts",
    "^graph-large-attachments/outlook$": "<rootDir>/src/outlook/index.ts",
    "^graph-large-attachments/emulator$": "<rootDir>/src/emulator/index.ts",
    "^graph-large-attachments/probe$": "<rootDir>/src/probe/index.ts",
    "^(\\.{1,2}/.*)\\.js$": "$1",
  },
};
