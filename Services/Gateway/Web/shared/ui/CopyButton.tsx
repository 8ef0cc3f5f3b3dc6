import { useEffect, useState } from "react";
import { useText } from "../localization";
import { Button } from "./Button";
import { IconButton } from "./IconButton";

export interface CopyButtonProps {
  value: string;
  /** What is copied: "Copy link". Shown if `words`. */
  label?: string;
  words?: boolean;
}

export function CopyButton({ value, label, words = false }: CopyButtonProps) {
  const text = useText();
  const [state, setState] = useState<"ready" | "copied" | "failed">("ready");
  useEffect(() => {
    if (state === "ready") return;
    const timer = window.setTimeout(() => setState("ready"), 2000);
    return () => window.clearTimeout(timer);
  }, [state]);
  const copy = () => {
    // Without TLS browsers have no clipboard.
    if (!navigator.clipboard) return setState("failed");
    navigator.clipboard.writeText(value).then(() => setState("copied"), () => setState("failed"));
  };
  const name = state === "ready" ? label ?? text("ui.copy") : text(state === "copied" ? "ui.copied" : "ui.copyFailed");
  const icon = state === "copied" ? "check" : state === "failed" ? "alert" : "copy";
  return (
    <>
      {words ? <Button icon={icon} onClick={copy}>{name}</Button> : <IconButton icon={icon} size="small" label={name} onClick={copy} />}
      <span className="visually-hidden" role="status">{state === "ready" ? "" : name}</span>
    </>
  );
}
