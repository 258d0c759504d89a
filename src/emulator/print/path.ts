/** Which print document a Graph path names. */
export interface PrintRoute {
  readonly version: string;
  readonly through: "printers" | "shares";
  /** Of the printer or share. */
  readonly id: string;
  readonly job: string;
  readonly document: string;
  readonly target: "document" | "createUploadSession";
}

const shape =
  /^\/(v1\.0|beta)\/print\/(printers|shares|printershares)(?:\/([^/]+)|\('([^']*)'\))\/jobs(?:\/([^/]+)|\('([^']*)'\))\/documents(?:\/([^/]+)|\('([^']*)'\))(\/(?:microsoft\.graph\.)?createuploadsession)?\/?$/i;

/** Reads the path of a print document in any letter case; undefined for every other path. */
export function readPrintPath(pathname: string): PrintRoute | undefined {
  const match = shape.exec(decoded(pathname));
  if (!match) return undefined;
  const [, version = "", through = "", p1, p2, j1, j2, d1, d2, action] = match;
  return {
    version: version.toLowerCase(),
    through: through.toLowerCase() === "printers" ? "printers" : "shares",
    id: p1 ?? p2 ?? "",
    job: j1 ?? j2 ?? "",
    document: d1 ?? d2 ?? "",
    target: action === undefined ? "document" : "createUploadSession",
  };
}

/** Ids are GUIDs and numbers, so that no slash comes out of this. */
function decoded(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return "";
  }
}
