import type { Experiment } from "../experiment.js";
import { azureDevOps } from "./azureDevOps.js";
import { azureDevOpsChunks } from "./azureDevOpsChunks.js";
import { byTheWay } from "./byTheWay.js";
import { documents } from "./document.js";
import { drive } from "./drive.js";
import { driveSessions } from "./driveSession.js";
import { events } from "./events.js";
import { outlook } from "./outlook.js";
import { outlookSessions } from "./outlookSession.js";
import { print } from "./print.js";
import { sending } from "./sending.js";
import { teams } from "./teams.js";
import { todo } from "./todo.js";

/** All experiments, in the order in which they run. */
export const experiments: readonly Experiment[] = [
  ...[...outlook, ...outlookSessions, ...events, ...sending, ...todo, ...drive, ...driveSessions, ...documents],
  ...[...print, ...teams, ...azureDevOps, ...azureDevOpsChunks, byTheWay],
];
