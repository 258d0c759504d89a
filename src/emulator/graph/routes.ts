import { readDrivePath, type DriveRoute } from "../drive/routes.js";
import { readItemPath, type ItemRoute } from "../items/routes.js";
import { readPrintPath, type PrintRoute } from "../print/routes.js";
import { readTeamsPath, type TeamsRoute } from "../teams/routes.js";
import { readUserPath, type UserRoute } from "./users.js";

export type GraphRoute = ItemRoute | DriveRoute | PrintRoute | TeamsRoute | UserRoute;

/** The route of an absolute Graph URL. Undefined outside the emulated part of Graph. */
export function routeOf(url: string): GraphRoute | undefined {
  const { pathname } = new URL(url);
  const readers = [readItemPath, readDrivePath, readPrintPath, readTeamsPath, readUserPath];
  return readers.reduce<GraphRoute | undefined>((route, read) => route ?? read(pathname), undefined);
}

export const isItemRoute = (route: GraphRoute | undefined): route is ItemRoute =>
  route !== undefined && ["message", "event", "task"].includes(route.resource);
