const limit = "Limits are never provoked.";
const chance = "It happens by chance, so a few requests don't show it.";

/** The emulator's variations that no experiment settles, with the reason. */
export const unsettled: Readonly<Record<string, string>> = {
  afterExpiry: "It needs a session that has expired, which takes an hour or more.",
  concurrency: limit,
  sessionConflicts: chance,
  mailboxRequests: limit,
  mailboxUploadBytes: limit,
  countOutlookRequests: limit,
  printConcurrency: limit,
  azureRequests: limit,
  retryAfterSeconds: "It is seen only if a limit is met by the way.",
  retryAfterFits: limit,
  sharedMailbox403: "It needs the mailbox of another user.",
  tenantMessageLimit: "It needs mails of more than 25 MB.",
  driveRefusedEvery: chance,
  driveRefusal: chance,
  drivePoisoned: chance,
  driveAppFolder: "To look for the folder of an app is to make it.",
  drivePageSize: "It needs a folder of more than 200 files.",
  driveGuests: "An invitation can make a guest account in the tenant.",
  teamsFolderDelay: "It needs a new channel, which all members see.",
  teamsPageSize: "It needs a chat of more than 100 people.",
  draftVisibleAfter: "It needs a draft that classic Outlook has saved.",
  createdFailures: chance,
  createdFailure: chance,
  sendAs: "It would send in the name of somebody else.",
  driveDeltaPath: "It would read the names of all files in the drive.",
  azureSimpleCeiling: "It needs an upload of more than 130 MB.",
  azureUnlinkedRead: "It needs a second user.",
  azureOrphanDays: "It takes a month.",
};
