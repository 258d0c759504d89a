import { usageError } from "./failure.js";

/** A recipient in a message of Graph. */
export interface Recipient {
  readonly emailAddress: { readonly address: string; readonly name?: string };
}

/** Reads `adele@contoso.com, "Vance, Adele" <adele@contoso.com>`: addresses between commas or semicolons. */
export function parseRecipients(given: readonly string[]): Recipient[] {
  return given
    .flatMap((list) => list.match(/(?:"[^"]*"|[^",;])+/g) ?? [])
    .filter((one) => one.trim() !== "")
    .map(parse);
}

function parse(given: string): Recipient {
  const [, quoted, plain, address = given.trim()] = /^\s*(?:"([^"]*)"|([^"<]*?))\s*<([^<>]+)>\s*$/.exec(given) ?? [];
  if (!/^[^\s@<>"]+@[^\s@<>"]+$/.test(address))
    throw usageError(
      `${given.trim()} is not a mail address.`,
      'Give addresses such as adele@contoso.com or "Adele Vance <adele@contoso.com>".',
    );
  const name = quoted ?? plain;
  return { emailAddress: name ? { address, name } : { address } };
}
