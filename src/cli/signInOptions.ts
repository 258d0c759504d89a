/** Options that choose who signs in. */
export interface SignInOptions {
  readonly tenant?: string;
  readonly clientId?: string;
}

/** Matches errors of a sign-in that could not reach its authority. */
export const NO_NETWORK = /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|network_error|endpoints_resolution_error/i;
