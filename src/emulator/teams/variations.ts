/** Where sources on Teams disagree or say nothing; "disputed" and "choice" as in the other variations. */
export interface TeamsVariations {
  /** The answer to a message above 28 KB (about that is documented); 413 is a field report. Choice. @default 413 */
  readonly teamsTooLarge: 413 | 400;
  /** The id of a file in a message: the GUID in its item's eTag (documented), or any GUID. @default "eTag" */
  readonly teamsAttachmentId: "eTag" | "any";
  /** How often a channel's `filesFolder` is not ready yet (404, field report). @default 0 */
  readonly teamsFolderDelay: number;
  /** Members per page. Choice. @default 100 */
  readonly teamsPageSize: number;
}

export const defaultTeamsVariations: TeamsVariations = {
  teamsTooLarge: 413,
  teamsAttachmentId: "eTag",
  teamsFolderDelay: 0,
  teamsPageSize: 100,
};
