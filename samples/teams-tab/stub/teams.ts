/** Replaces @microsoft/teams-js. `?theme=dark` and `?theme=contrast` select the themes of Teams. */
const theme = new URLSearchParams(location.search).get("theme") ?? "default";

export const app = {
  initialize: async () => {},
  getContext: async () => ({ app: { theme } }),
  registerOnThemeChangeHandler: () => {},
  notifySuccess: () => {},
};
