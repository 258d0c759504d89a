/** File metadata as services receive it. */
export interface FileInfo {
  readonly name: string;
  /** Bytes of the file itself, not of its base64. */
  readonly size: number;
  readonly contentType?: string;
  readonly isInline?: boolean;
  /** Without angle brackets, as `<img src="cid:…">` names it. */
  readonly contentId?: string;
  /** Azure DevOps: the comment that the work item shows next to the attachment. */
  readonly comment?: string;
  /** Drives: what happens when the folder already holds a file of that name. */
  readonly conflictBehavior?: "fail" | "replace" | "rename";
  /** Drives: the description that people see. */
  readonly description?: string;
  /** Drives: when the file was created and changed on its own file system. ISO dates. */
  readonly fileSystemInfo?: {
    readonly createdDateTime?: string;
    readonly lastModifiedDateTime?: string;
    readonly lastAccessedDateTime?: string;
  };
  /** Drives: the file appears only after a final request, when all its bytes have arrived. */
  readonly deferCommit?: boolean;
}

/** A file that can be read by range. */
export interface Content {
  /** Bytes. */
  readonly size: number;
  /** The name and media type that the source itself has. */
  readonly name?: string;
  readonly type?: string;
  /** When a `File` was last changed. Milliseconds since 1970. */
  readonly modified?: number;
  /** `false` for a stream, which can be read once and in order. */
  readonly anywhere: boolean;
  /** Reads the bytes from `start` up to, but not including, `end`: exactly that many. */
  read(start: number, end: number): Promise<Uint8Array>;
  /** The same bytes without reading them. Present where the source is a Blob that `fetch` knows. */
  slice?(start: number, end: number): Blob;
  /** Begins to read so many bytes from the start, before they are asked for. Read errors are reported then. `done`: called then. */
  begin?(length: number, done?: () => void): void;
  /** Gives back bytes that `read` returned, so that their memory can be filled again. */
  release?(bytes: Uint8Array): void;
  /** Lets go of the source. Nothing is read afterwards. */
  close(reason?: unknown): void;
}
