import { read, startAzure, type AzureBench } from "./support";

let bench: AzureBench;
beforeAll(async () => {
  bench = await startAzure();
});
afterAll(() => bench.emulator.close());

interface Locations {
  readonly count: number;
  readonly value: { readonly id: string; readonly routeTemplate: string }[];
}

const bare = { headers: { accept: "application/json" } };
const options = async (path: string): Promise<Locations> =>
  read<Locations>(await bench.request("OPTIONS", `${path}?api-version=`, bare));

test("OPTIONS lists resource locations without an api-version", async () => {
  const { value, count } = await options("/_apis/wit");
  expect(count).toBe(3);
  expect(value[0]).toEqual({
    id: "e07b5fa4-1499-494d-a496-64b860fd64ff",
    area: "wit",
    resourceName: "attachments",
    routeTemplate: "{project}/_apis/{area}/{resource}/{id}",
    resourceVersion: 4,
    minVersion: "1.0",
    maxVersion: "7.2",
    releasedVersion: "7.1",
  });
  expect(value[1]!.id).toBe("72c7ddf8-2cdc-4f60-90cd-ab71c14a399b");
  expect((await options("/_apis")).count).toBe(4);
  expect((await options("/_apis/Location")).value[0]!.routeTemplate).toBe("_apis/{resource}/{areaId}");
  expect((await bench.request("GET", "/_apis/wit")).status).toBe(405);
});

test("a Server's latest version is the released one", async () => {
  const { value } = await options(`${bench.azure.serverUrl}/_apis/wit`);
  expect(value[0]).toMatchObject({ maxVersion: "7.1", releasedVersion: "7.1" });
});

test("the resource area of work items is in the organisation, and a Server has none", async () => {
  const { azure, request } = bench;
  const area = { id: "5264459e-e5e0-4bd8-b118-0985e68a4ec5", name: "wit", locationUrl: `${azure.organizationUrl}/` };
  expect(await read(await request("GET", "/_apis/ResourceAreas"))).toEqual({ count: 1, value: [area] });
  expect(await read(await request("GET", `/_apis/resourceAreas/${area.id}`))).toEqual(area);
  const none = await request("GET", `${azure.serverUrl}/_apis/resourceAreas`);
  expect(await read(none)).toEqual({ count: 0, value: null });
});

test("connection data names the user and the kind of server", async () => {
  const { azure, request } = bench;
  const path = "/_apis/connectionData?api-version=";
  const hosted = await read<object>(await request("GET", path));
  expect(hosted).toMatchObject({ deploymentType: "hosted", authenticatedUser: { id: expect.any(String) as string } });
  expect(await read(await request("GET", azure.serverUrl + path))).toMatchObject({ deploymentType: "onPremises" });
  expect((await request("GET", path, { headers: { authorization: "" } })).status).toBe(203);
});
