import { type ReactNode, useId } from "react";
import { useText } from "../localization";
import { Button } from "./Button";
import { Icon } from "./Icon";
import type { IconName } from "./icons";

export interface EmptyStateProps {
  title: string;
  icon?: IconName;
  /** What to do about it. */
  children?: ReactNode;
  action?: ReactNode;
}

/** Nothing here: why, and what one can do. */
export function EmptyState({ title, icon = "search", children, action }: EmptyStateProps) {
  return (
    <div className="ui-state">
      <Icon name={icon} size={24} />
      <p className="ui-state-title">{title}</p>
      {children && <div className="muted">{children}</div>}
      {action}
    </div>
  );
}

/** What an error screen reads of a problem document; `message` is translated by the caller. */
export interface ShownProblem { message: string; requestId?: string | null | undefined }

export interface ErrorStateProps {
  problem: ShownProblem;
  title?: string;
  retry?: (() => void) | undefined;
  busy?: boolean;
}

/** Something failed: what, the number under which support finds it, and a way to try again. */
export function ErrorState({ problem, title, retry, busy = false }: ErrorStateProps) {
  const text = useText();
  const id = useId();
  return (
    <div className="ui-state ui-state-error" role="alert" aria-labelledby={id}>
      <Icon name="alert" size={24} />
      <p id={id} className="ui-state-title">{title ?? text("ui.error.title")}</p>
      <p className="muted">{problem.message}</p>
      {problem.requestId && <p className="muted"><code>{problem.requestId}</code></p>}
      {retry && <Button icon="refresh" busy={busy} onClick={retry}>{text("ui.retry")}</Button>}
    </div>
  );
}
