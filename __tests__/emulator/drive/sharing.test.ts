import { errorOf, sampleBytes } from "../support";
import { read, useDrive, type ItemJson } from "./support";

const bench = useDrive();
const { graph, vary } = bench;
const add = () => bench.emulator.drive.addFile("/Reports/a.zip", sampleBytes(10));

interface Permission {
  readonly id: string;
  readonly roles: string[];
  readonly shareId: string;
  readonly link: { readonly type: string; readonly scope: string; readonly webUrl: string };
}

describe("createLink", () => {
  test("creates a link (201), returns it again (200), and the link leads to the item", async () => {
    const file = add();
    const body = { type: "view", scope: "organization" };
    const made = await graph("POST", `${file.path}/createLink`, body);
    expect(made.status).toBe(201);
    const permission = await read<Permission>(made);
    expect(permission).toMatchObject({ roles: ["read"], link: { ...body, webUrl: expect.stringMatching(/^https:/) } });
    const again = await graph("POST", `${file.path}/microsoft.graph.createLink`, body);
    expect([again.status, (await read<Permission>(again)).id]).toEqual([200, permission.id]);
    for (const share of [permission.shareId, `u!${Buffer.from(permission.link.webUrl).toString("base64url")}`]) {
      expect((await read<ItemJson>(graph("GET", `/shares/${share}/driveItem`))).id).toBe(file.id);
    }
    expect(bench.emulator.drive.permissions(file)).toMatchObject([{ id: permission.id, link: body }]);
    expect(bench.emulator.requests[0]!.kind).toBe("share");
    expect(await read(graph("GET", `${file.path}/permissions`))).toMatchObject({ value: [{ id: permission.id }] });
  });

  test("shares within the organization if no scope is given", async () => {
    const permission = await read<Permission>(graph("POST", `${add().path}/createLink`, { type: "edit" }));
    expect(permission).toMatchObject({ roles: ["write"], link: { type: "edit", scope: "organization" } });
  });

  test.each<[string, object]>([
    ["no type", {}],
    ["a type that is none", { type: "share" }],
    ["a type of personal drives", { type: "embed" }],
    ["a scope that is none", { type: "view", scope: "world" }],
    ["an unknown parameter", { type: "view", role: "read" }],
  ])("is refused with %s", async (_what, body) => {
    expect((await graph("POST", `${add().path}/createLink`, body)).status).toBe(400);
  });

  test("is refused with 403 for scopes that the tenant forbids", async () => {
    const { path } = add();
    const ask = async (scope: string): Promise<number> =>
      (await graph("POST", `${path}/createLink`, { type: "view", scope })).status;
    vary({ driveRefusedScopes: "anonymous" });
    expect([await ask("anonymous"), await ask("organization")]).toEqual([403, 201]);
    vary({ driveRefusedScopes: "both" });
    expect([await ask("anonymous"), await ask("organization"), await ask("users")]).toEqual([403, 403, 201]);
    const refused = await graph("POST", `${path}/createLink`, { type: "view", scope: "anonymous" });
    expect((await errorOf(refused)).code).toBe("accessDenied");
  });

  test("refuses organization and allows embed on personal drives", async () => {
    vary({ driveKind: "personal" });
    const { path } = add();
    expect((await graph("POST", `${path}/createLink`, { type: "view", scope: "organization" })).status).toBe(400);
    const permission = await read<Permission>(graph("POST", `${path}/createLink`, { type: "embed" }));
    expect(permission.link.scope).toBe("anonymous");
  });
});

describe("invite", () => {
  const recipients = [{ email: "adele@contoso.example" }, { objectId: "b1" }];

  test("lets each recipient read the item, and everything in a folder", async () => {
    const file = add();
    const { drive } = bench.emulator;
    const body = { recipients, roles: ["read"], requireSignIn: true, sendInvitation: false };
    const invited = await graph("POST", `${drive.addFolder("/Reports").path}/invite`, body);
    expect(invited.status).toBe(200);
    expect(await invited.json()).toMatchObject({
      value: [
        { roles: ["read"], grantedToV2: { user: { email: "adele@contoso.example" } } },
        { roles: ["read"], grantedToV2: { user: { id: "b1" } } },
      ],
    });
    expect(drive.readers(file)).toEqual(["adele@contoso.example", "b1"]);
    expect(drive.permissions("/Reports")).toMatchObject([{ sendInvitation: false }, { sendInvitation: false }]);
    expect(drive.permissions(file)).toEqual([]);
  });

  test.each<[string, object]>([
    ["no recipients", { recipients: [], roles: ["read"] }],
    ["a recipient without a name", { recipients: [{}], roles: ["read"] }],
    ["no roles", { recipients }],
    ["a role that is none", { recipients, roles: ["owner"] }],
    ["an unknown parameter", { recipients, roles: ["read"], notify: true }],
    ["a flag that is no boolean", { recipients, roles: ["read"], sendInvitation: "no" }],
  ])("is refused with %s", async (_what, body) => {
    expect((await graph("POST", `${add().path}/invite`, body)).status).toBe(400);
    expect(bench.emulator.drive.readers("/Reports/a.zip")).toEqual([]);
  });
});
