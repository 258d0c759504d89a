/** Tests that start many programs, one after another. `npm run test:exhaustive` runs them. */
module.exports = [
  "cli/{drive,emulator,failures,probe,resume,sendResume,signIn,terminal}",
  "crash/crash",
  "package/tarball",
  "probe/{harm,switches}",
  "runtimes/bare",
  "samples/copies",
].map((path) => `<rootDir>/__tests__/${path}.test.ts`);
