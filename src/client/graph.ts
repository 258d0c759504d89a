// Loaded with the first attachment of a client for Microsoft Graph.
import type { Context } from "@microsoft/microsoft-graph-client";
import { attachGiven as attachFiles, attachTo as attachOpened } from "../attach/attachTo.js";
import {
  intercept,
  joinSignals,
  type InterceptedRequest,
  type RecognizedRequest,
  type Recognition,
} from "../attach/intercept.js";
import { match } from "../attach/match.js";
import { explainMistake } from "../attach/mistakes.js";
import { mustBeWholeName } from "../attach/names.js";
import { infoIn, openBody } from "../files/contentBytes.js";
import { urlOf } from "../http/chain.js";
import { isOwn } from "../http/ownContext.js";
import { member } from "../json.js";
import { lazy } from "../lazy.js";
import type { Part } from "../middlewareOptions.js";
import type { Protocol } from "../protocol.js";
import { itemProtocols } from "../protocols/items.js";
import type { Uploads } from "./handlerState.js";

/** Drives, print documents, chats and channels of Teams, and links to files in a drive. */
const places = lazy(() => import("./places.js"));
const messages = lazy(() => import("../messages/composing.js"));
const CHATS = /\/(chats|channels|primaryChannel)[/(]/i;

const items = { protocols: itemProtocols };

/** The code for the files behind a URL. Only that of items with attachments is there from the beginning. */
export const placesFor: Uploads["placesFor"] = (url, signal) => (match(url, itemProtocols) ? items : places(signal));

export const preload = () => Promise.all([places(), messages()]);

const recognition: Recognition = {
  protocols: itemProtocols,
  atMost: (body) => (typeof body === "string" ? body.length : undefined),
  open: openJson,
};

/** Takes over attachments, and whole messages with attachments inside or next to them. */
export async function takeOver(recognized: RecognizedRequest): Promise<void> {
  const { context, next } = recognized;
  if (isOwn(context)) return next.execute(context);
  mustBeWholeName(urlOf(context));
  const request = joinSignals(recognized);
  if (request.composes && (await composeInstead(request))) return;
  await intercept(request, recognition);
  await explainMistake(context);
}

async function composeInstead(request: InterceptedRequest): Promise<boolean> {
  const { signal } = request.settings;
  const isChat = request.files && CHATS.test(urlOf(request.context));
  if (isChat && (await (await places(signal)).postInstead(request))) return true;
  return (await messages(signal)).composeInstead(request);
}

/** Opens the JSON of a `fileAttachment` or `taskFileAttachment`. */
function openJson({ options }: Context, { post }: Protocol): Part | undefined {
  const body: unknown = options?.body;
  const opened = typeof body === "string" ? openBody(body) : undefined;
  if (!opened || !post?.inline?.creates(member(opened.members, "@odata.type"))) return undefined;
  return { content: opened.content, file: infoIn(opened.members) };
}

export const attachTo: Uploads["attachTo"] = (request, files, several, defaults) =>
  attachOpened(request, { placesFor, defaults }, files, several);

export const attachGiven: Uploads["attachGiven"] = (request, given) => attachFiles(request, placesFor, given);
