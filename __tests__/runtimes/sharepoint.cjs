// The smoke suite through the real MSGraphClientV3 of @microsoft/sp-http-msgraph, from its factory, as a web part has it.
// Stand-ins: a page of jsdom; @msinternal/*, which Microsoft does not publish (the one with the Graph client is the published
// client that its typings name); texts (.resx); and what SharePoint's page provides: the token, the manifest, the address of Graph.
/* eslint-disable @typescript-eslint/no-require-imports */
const Module = require("node:module");
const { JSDOM } = require("jsdom");

const { window } = new JSDOM("", { url: "https://contoso.sharepoint.com/" });
for (const name of ["document", "navigator", "localStorage", "sessionStorage", "location", "XMLHttpRequest"])
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
Object.assign(globalThis, { window: globalThis, self: globalThis, DEPRECATED_UNIT_TEST: false, DEBUG: false });
globalThis.addEventListener = window.addEventListener.bind(window);

const load = Module._load;
Module._load = function (name, ...others) {
  if (name === "@msinternal/ms-graph-v3-bundle") return load.call(this, "@microsoft/microsoft-graph-client", ...others);
  if (name.startsWith("@msinternal/")) return new Proxy({}, { get: () => class {} });
  return name.endsWith(".resx") ? {} : load.call(this, name, ...others);
};

const { ServiceScope, _ClientManifestData, _SPKillSwitch } = require("@microsoft/sp-core-library");
const { _AadTokenProviders, _GraphHttpClientContext, _SPRequestRateMonitor } = require("@microsoft/sp-http-base");
const { MSGraphClientFactory } = require("@microsoft/sp-http-msgraph");
const kit = { ...require("@microsoft/microsoft-graph-client"), ...require("graph-large-attachments") };

async function main() {
  _SPKillSwitch.initialize({}); // as the page does, with none activated
  const { askAt } = await import("./emulatorCalls.mjs");
  const { graphUrl, token } = await askAt(process.env.CONTROL)("target");
  _AadTokenProviders._initialize({ getToken: async () => token });
  const scope = ServiceScope.startNewRoot();
  scope.provide(_GraphHttpClientContext.serviceKey, { getGraphEndpointUrl: () => graphUrl });
  const manifest = { componentType: "WebPart", alias: "ReportWebPart", id: "1", isInternal: false };
  scope.provide(_ClientManifestData.serviceKey, { manifest });
  scope.provide(_SPRequestRateMonitor.serviceKey, { trackRequest() {} });
  scope.finish();
  const wrapper = await new MSGraphClientFactory(scope).getClient("3");
  wrapper.client.config.customHosts.add("localhost"); // it names the host of Graph with its port, which only an emulator has
  const { runHere } = await import("./runHere.mjs");
  await runHere({ ...kit, Client: { init: () => wrapper } });
}

void main();
