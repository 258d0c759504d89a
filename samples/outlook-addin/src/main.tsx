import { webDarkTheme, webLightTheme } from "@fluentui/react-theme";
import { outlookLimits } from "graph-large-attachments/outlook";
import { AttachPane } from "../../support/pane/AttachPane.js";
import { graphClient } from "../../support/pane/graph.js";
import { show } from "../../support/pane/show.js";
import { composedItem } from "./outlook.js";

const prefersDark = matchMedia("(prefers-color-scheme: dark)");

await Office.onReady();
const client = graphClient(import.meta.env.VITE_CLIENT_ID, ["Mail.ReadWrite", "Calendars.ReadWrite"]);
const notes = outlookLimits().map(({ sentence }) => sentence);
const pane = <AttachPane client={client} place={composedItem(client)} notes={notes} />;
const draw = () => show(pane, isDark() ? webDarkTheme : webLightTheme);
draw();
prefersDark.addEventListener("change", draw);
if (Office.context.requirements.isSetSupported("Mailbox", "1.14")) {
  Office.context.mailbox.addHandlerAsync(Office.EventType.OfficeThemeChanged, draw);
}

/** True if Outlook is dark, or, if Outlook does not say, if the system is. */
function isDark(): boolean {
  const background = Office.context.officeTheme?.bodyBackgroundColor;
  if (!background) return prefersDark.matches;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => parseInt(background.slice(at, at + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}
