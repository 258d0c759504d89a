import { FluentProvider } from "@fluentui/react-provider";
import type { Theme } from "@fluentui/react-theme";
import { StrictMode, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import "./pane.css";

const root = createRoot(document.getElementById("root")!);

/** Shows the pane in a theme of Fluent UI. Another call changes the theme. */
export function show(pane: ReactNode, theme: Theme): void {
  root.render(
    <StrictMode>
      <FluentProvider theme={theme} className="fluent">
        {pane}
      </FluentProvider>
    </StrictMode>,
  );
}
