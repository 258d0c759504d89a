import { Button } from "@fluentui/react-button";
import {
  ArrowClockwiseRegular,
  CheckmarkCircleFilled,
  CloudCheckmarkRegular,
  DismissRegular,
  DocumentRegular,
  ErrorCircleFilled,
} from "@fluentui/react-icons";
import { ProgressBar } from "@fluentui/react-progress";
import { useRef } from "react";
import { progress, size } from "./sizes.js";
import type { Row } from "./uploads.js";

interface Props {
  readonly row: Row;
  /** True while the file waits for another one. */
  readonly waits: boolean;
  readonly online: boolean;
  onRetry(): void;
  onDismiss(): void;
}

/** One file: its name, its progress or failure, and its buttons. */
export function FileRow({ row, waits, online, onRetry, onDismiss }: Props) {
  const { file, state, failure } = row;
  const waiting = waits && row.loaded === 0;
  const dismiss = useRef<HTMLButtonElement>(null);
  const retry = () => {
    dismiss.current?.focus(); // The pressed button disappears.
    onRetry();
  };
  return (
    <li className={`row ${state}`}>
      <State state={state} />
      <div className="about">
        <FileName name={file.name} />
        {state === "running" && !waiting && (
          <ProgressBar
            aria-label={`Uploading ${file.name}`}
            value={row.loaded > 0 ? row.loaded / file.size : undefined}
          />
        )}
        <div className="note">{failure?.text ?? note(row, waits, online)}</div>
        {failure?.canRetry && (
          <Button
            size="small"
            icon={<ArrowClockwiseRegular />}
            aria-label={`Retry ${file.name}`}
            className="retry"
            onClick={retry}
          >
            Retry
          </Button>
        )}
      </div>
      <Button
        ref={dismiss}
        data-dismiss
        appearance="subtle"
        size="small"
        icon={<DismissRegular />}
        aria-label={state === "running" ? `Cancel ${file.name}` : `Remove ${file.name} from this list`}
        title={state === "running" ? "Cancel" : "Remove from this list"}
        onClick={onDismiss}
      />
    </li>
  );
}

function note({ state, loaded, file, place, waiting, advice }: Row, waits: boolean, online: boolean): string {
  if (state === "stored") return `${size(file.size)} · ${advice}`;
  if (state === "attached") return `${size(file.size)} · Attached${place.name ? ` to ${place.name}` : ""}`;
  if (!online) return "You’re offline. The upload continues when you’re back.";
  if (waiting) return `${size(file.size)} · Waiting until Outlook has synchronized the ${place.kind}`;
  if (loaded > 0) return progress(loaded, file.size);
  return `${size(file.size)} · ${waits ? "Waiting" : "Starting"}`;
}

function State({ state }: Pick<Row, "state">) {
  if (state === "stored") return <CloudCheckmarkRegular className="state" aria-hidden />;
  if (state === "attached") return <CheckmarkCircleFilled className="state" aria-hidden />;
  if (state === "failed") return <ErrorCircleFilled className="state" aria-hidden />;
  return <DocumentRegular className="state" aria-hidden />;
}

/** Shortens a long name in its middle, so that its ending stays visible. */
function FileName({ name }: { readonly name: string }) {
  const end = Math.max(0, name.length - 10);
  return (
    <div className="name" title={name}>
      <span>{name.slice(0, end)}</span>
      <span>{name.slice(end)}</span>
    </div>
  );
}
