import { Button } from "@fluentui/react-button";
import { MessageBar, MessageBarActions, MessageBarBody } from "@fluentui/react-message-bar";
import type { Client } from "@microsoft/microsoft-graph-client";
import { useCallback, useEffect, useState } from "react";
import { AttachPane } from "../../support/pane/AttachPane.js";
import { explain } from "../../support/pane/messages.js";
import { PlacePicker } from "./PlacePicker.js";
import { findPlaces, type NamedPlace, type Places } from "./places.js";

/** Attaches files to a task or an event that the user picks. */
export function TeamsTab({ client }: { readonly client: Client }) {
  const [places, setPlaces] = useState<Places>();
  const [place, setPlace] = useState<NamedPlace>();
  const [problem, setProblem] = useState<string>();
  const find = useCallback(() => {
    setProblem(undefined);
    findPlaces(client).then(setPlaces, (error) => setProblem(explain(error, "task").text));
  }, [client]);
  useEffect(find, [find]);

  return (
    <AttachPane client={client} place={place}>
      {problem !== undefined && (
        <MessageBar intent="error" layout="multiline">
          <MessageBarBody>Your tasks and events couldn’t be loaded. {problem}</MessageBarBody>
          <MessageBarActions>
            <Button onClick={find}>Retry</Button>
          </MessageBarActions>
        </MessageBar>
      )}
      <PlacePicker {...(places ?? none)} place={place} onPick={setPlace} />
    </AttachPane>
  );
}

const none: Places = { tasks: [], events: [], newTask: () => Promise.reject(new Error("Not loaded yet")) };
