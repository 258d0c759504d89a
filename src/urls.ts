/** A URL, or `undefined` if the text is not a URL. Not by `URL.canParse`, which older Safari and React Native lack. */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/** The origin of a URL, or `undefined` if the text is not a URL. */
export function originOf(url: string): string | undefined {
  return parseUrl(url)?.origin;
}

/** The host of a URL with its port, or `undefined` if the text is not a URL. */
export function hostOf(url: string): string | undefined {
  return parseUrl(url)?.host;
}
