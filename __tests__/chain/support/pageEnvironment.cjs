// jsdom with the fetch of Node, as docs/guides/testing.md sets it up. jsdom has no crypto.subtle.
/* eslint-disable @typescript-eslint/no-require-imports */
const { TestEnvironment } = require("jest-environment-jsdom");

const web = {
  fetch,
  Headers,
  Request,
  Response,
  ReadableStream,
  TextEncoder,
  TextDecoder,
  AbortController,
  AbortSignal,
};

module.exports = class extends TestEnvironment {
  async setup() {
    await super.setup();
    Object.assign(this.global, web);
  }
};
