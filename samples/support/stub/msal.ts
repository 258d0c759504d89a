import { started } from "./network.js";

/** Replaces @azure/msal-browser. Everybody is signed in with the emulator's token. */
export class InteractionRequiredAuthError extends Error {}

const answer = async () => ({ accessToken: (await started).token });

export const createNestablePublicClientApplication = async () => ({
  acquireTokenSilent: answer,
  acquireTokenPopup: answer,
});
