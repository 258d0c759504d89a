/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "/dist/"],
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
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
    "^graph-large-attachments/emulator$": "<rootDir>/src/emulator/index.ts",
    "^(\\.{1,2}/.*)\\.js$": "$1",
  },
};
