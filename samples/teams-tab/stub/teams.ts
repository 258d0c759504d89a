/** In place of @microsoft/teams-js: `?theme=dark` and `?theme=contrast` are those of Teams. */
const theme = new URLSearchParams(location.search).get("theme") ?? "default";

export const app = {
  initialize: async () => {},
  getContext: async () => ({ app: { theme } }),
  registerOnThemeChangeHandler: () => {},
  notifySuccess: () => {},
};
