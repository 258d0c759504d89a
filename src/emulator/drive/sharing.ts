import type { DrivePermission, Reply } from "../api.js";
import type { Context } from "../context.js";
import { readObject, strayIn } from "../graph/requestBody.js";
import { guidOf, lettersOf } from "../ids.js";
import { json, methodNotAllowed, refuse } from "../replies.js";
import type { DriveCall } from "./call.js";
import { invalidRequest } from "./replies.js";
import type { DriveItem } from "./store.js";

const linkProperties = ["type", "scope", "expirationDateTime", "password", "message", "retainInheritedPermissions"];
const inviteProperties = [
  ...["recipients", "roles", "requireSignIn", "sendInvitation", "message"],
  ...["expirationDateTime", "password", "retainInheritedPermissions"],
];

/** Answers 201 with a new link or 200 with an existing one (documented). */
export function createLink(context: Context, call: DriveCall, item: DriveItem): Reply {
  const body = readKnown(call, linkProperties);
  if ("status" in body) return body;
  const business = context.vary.driveKind === "business";
  const { type, scope = business ? "organization" : "anonymous" } = body.value;
  if (!["view", "edit", ...(business ? [] : ["embed"])].includes(type as string)) {
    return invalidRequest("type must be view or edit, or on personal drives embed.");
  }
  if (!["anonymous", ...(business ? ["organization", "users"] : [])].includes(scope as string)) {
    return invalidRequest("scope must be anonymous, or on business drives organization or users.");
  }
  const refused = context.vary.driveRefusedScopes;
  if ((refused === "both" && scope !== "users") || refused === scope) {
    return refuse(403, "accessDenied", `Sharing by links of the scope ${scope as string} is not allowed.`);
  }
  const there = item.permissions.find(({ link }) => link?.type === type && link?.scope === scope);
  const permission = there ?? addLink(context, item, type as string, scope as string);
  return json(there ? 200 : 201, describe(permission));
}

function addLink(context: Context, item: DriveItem, type: string, scope: string): DrivePermission {
  const id = guidOf(`permission ${context.drives.next()}`);
  const letters = lettersOf(`link ${id}`, 20);
  const host =
    context.vary.driveKind === "business" ? "https://contoso-my.sharepoint.com/:u:/g/" : "https://1drv.ms/u/";
  const link = { type, scope, webUrl: `${host}${letters}` };
  const shareId = `s!${letters}`;
  const permission = { id, roles: [type === "edit" ? "write" : "read"], link, shareId, grantedTo: [] };
  item.permissions.push(permission);
  return permission;
}

/** Answers 200 with a permission for each recipient (documented). */
export function invite(context: Context, call: DriveCall, item: DriveItem): Reply {
  const body = readKnown(call, inviteProperties);
  if ("status" in body) return body;
  const { recipients, roles, requireSignIn = true, sendInvitation = false } = body.value;
  const names = Array.isArray(recipients) ? recipients.map(nameOf) : [];
  if (names.length === 0 || names.includes(undefined)) {
    return invalidRequest("recipients is a list of objects with email, alias or objectId.");
  }
  if (!Array.isArray(roles) || roles.length === 0 || !roles.every((role) => role === "read" || role === "write")) {
    return invalidRequest("roles is a list of read and write.");
  }
  if (typeof requireSignIn !== "boolean" || typeof sendInvitation !== "boolean") {
    return invalidRequest("requireSignIn and sendInvitation are booleans.");
  }
  const refused = context.vary.driveGuests === "invite" ? [] : names.filter((name) => isGuest(context, name!));
  if (refused.length > 0 && context.vary.driveGuests === "refuse") {
    return refuse(400, "invalidRequest", "One or more of the recipients could not be resolved");
  }
  const permissions = names.map((name) => {
    const id = guidOf(`permission ${context.drives.next()}`);
    return { id, roles: roles as string[], grantedTo: [name!], sendInvitation };
  });
  item.permissions.push(...permissions.filter(({ grantedTo: [name] }) => !refused.includes(name)));
  const error = { code: "notAllowed", message: "The account could not be invited." };
  const value = permissions.map((one) => ({
    ...describe(one),
    ...(refused.includes(one.grantedTo[0]) ? { error } : {}),
  }));
  return json(refused.length > 0 ? 207 : 200, { value });
}

/** True for an address of another organization, and for the id of somebody in a chat who has one. */
function isGuest({ teams }: Context, name: string): boolean {
  const members = [...teams.places.values()].flatMap((place) => place.members);
  const address = members.find(({ userId }) => userId === name)?.email ?? name;
  return address.includes("@") && !address.endsWith("@contoso.example");
}

function nameOf(recipient: unknown): string | undefined {
  const { email, alias, objectId } = (recipient ?? {}) as Record<string, unknown>;
  const name = email ?? objectId ?? alias;
  return typeof name === "string" && name !== "" ? name : undefined;
}

export const answerPermissions = (call: DriveCall, item: DriveItem): Reply =>
  call.head.method === "GET" ? json(200, { value: item.permissions.map(describe) }) : methodNotAllowed();

function describe({ id, roles, link, shareId, grantedTo }: DrivePermission): Record<string, unknown> {
  if (link) return { id, roles, shareId, hasPassword: false, link: { ...link, preventsDownload: false } };
  const [name = ""] = grantedTo;
  const user = name.includes("@") ? { email: name, displayName: name } : { id: name, displayName: name };
  return { id, roles, grantedToV2: { user }, grantedTo: { user }, invitation: { signInRequired: true } };
}

function readKnown(call: DriveCall, known: readonly string[]): { value: Record<string, unknown> } | Reply {
  const body = readObject(call);
  if ("status" in body) return body;
  const stray = strayIn(body.value, known);
  return stray === undefined ? body : invalidRequest(`The parameter '${stray}' does not exist on this action.`);
}
