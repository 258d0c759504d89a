/** Where sources on Universal Print disagree or say nothing; "disputed" and "choice" as in the other variations. */
export interface PrintVariations {
  /** A request with Authorization to the upload host; the documentation says that it might fail. Disputed. @default "refuse" */
  readonly printAuthorization: "refuse" | "ignore";
  /** Bytes that a range must be shorter than: "10 MB" (documented). Choice. @default 10485760 */
  readonly printRangeMaximum: 10485760 | 10000000;
  /** Ranges of one session at once before 429 (documented: 4). @default 4 */
  readonly printConcurrency: number;
  /** Status of a range that is wrong, other than a repeated one. Choice. @default 400 */
  readonly printRefusalStatus: 400 | 416;
  /** Another session for a document that has all its bytes. Choice. @default "accept" */
  readonly printSecondSession: "accept" | "refuse";
  /** Life of a session in seconds; nothing is stated. Choice. @default 3600 */
  readonly printSessionSeconds: number;
}

export const defaultPrintVariations: PrintVariations = {
  printAuthorization: "refuse",
  printRangeMaximum: 10485760,
  printConcurrency: 4,
  printRefusalStatus: 400,
  printSecondSession: "accept",
  printSessionSeconds: 3600,
};
