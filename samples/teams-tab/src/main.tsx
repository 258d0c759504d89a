import { teamsDarkTheme, teamsHighContrastTheme, teamsLightTheme, type Theme } from "@fluentui/react-theme";
import { app } from "@microsoft/teams-js";
import { graphClient } from "../../support/pane/graph.js";
import { show } from "../../support/pane/show.js";
import { TeamsTab } from "./TeamsTab.js";

const scopes = ["Tasks.ReadWrite", "Calendars.ReadWrite"];
const themes: Record<string, Theme> = { dark: teamsDarkTheme, contrast: teamsHighContrastTheme };

await app.initialize();
const tab = <TeamsTab client={graphClient(import.meta.env.VITE_CLIENT_ID, scopes)} />;
const draw = (theme: string) => show(tab, themes[theme] ?? teamsLightTheme);
app.registerOnThemeChangeHandler(draw);
draw((await app.getContext()).app.theme);
app.notifySuccess();
