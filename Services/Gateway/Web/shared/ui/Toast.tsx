import { useEffect, useRef, useState } from "react";
import { useText } from "../localization";
import { Store } from "../store";
import { Button } from "./Button";
import { classes } from "./classes";
import { Icon } from "./Icon";
import { IconButton } from "./IconButton";

export interface ToastOptions {
  text: string;
  tone?: "info" | "success" | "warning" | "danger";
  /** Such as "Undo". Pressing it closes the toast. */
  action?: { label: string; run: () => void };
  /** Seconds that it stays; 6 unless said, 0 until it is closed. An error stays until it is closed. */
  seconds?: number;
}
interface ShownToast extends ToastOptions { id: number }

const store = /* @__PURE__ */ new Store<ShownToast[]>([]);
let made = 0;

/** Says something at the edge of the window. The answer closes it. */
export function toast(options: ToastOptions): () => void {
  made += 1;
  const id = made;
  // More than four cover the page; the oldest has been seen.
  store.set([...store.get(), { ...options, id }].slice(-4));
  return () => closeToast(id);
}
const closeToast = (id: number): void => store.set(store.get().filter((one) => one.id !== id));

/** Once in the app's frame. */
export function Toaster() {
  const text = useText();
  const toasts = store.use();
  const region = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // In the browser's top layer, so that they are seen over an open dialog too.
    const element = region.current as (HTMLDivElement & { showPopover?: () => void; hidePopover?: () => void }) | null;
    if (!element?.showPopover) return;
    element.setAttribute("popover", "manual");
    if (element.matches(":popover-open")) element.hidePopover?.();
    if (toasts.length > 0) element.showPopover();
  }, [toasts]);
  return (
    <div ref={region} className="ui-toasts" role="region" aria-label={text("ui.toasts")}>
      <div aria-live="polite" className="ui-toast-list">
        {toasts.filter((one) => one.tone !== "danger").map((one) => <ToastCard key={one.id} toast={one} />)}
      </div>
      <div aria-live="assertive" className="ui-toast-list">
        {toasts.filter((one) => one.tone === "danger").map((one) => <ToastCard key={one.id} toast={one} />)}
      </div>
    </div>
  );
}

const icons = { info: "info", success: "check-circle", warning: "alert", danger: "alert-octagon" } as const;

function ToastCard({ toast }: { toast: ShownToast }) {
  const text = useText();
  const [held, setHeld] = useState(false);
  const tone = toast.tone ?? "info";
  const seconds = toast.seconds ?? (tone === "danger" ? 0 : 6);
  useEffect(() => {
    if (held || seconds === 0) return;
    const timer = window.setTimeout(() => closeToast(toast.id), seconds * 1000);
    return () => window.clearTimeout(timer);
  }, [held, seconds, toast.id]);
  return (
    <div
      className={classes("ui-toast", `ui-tone-${tone}`)}
      onPointerEnter={() => setHeld(true)} onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)} onBlur={() => setHeld(false)}
    >
      <Icon name={icons[tone]} />
      <div className="ui-toast-text">{toast.text}</div>
      {toast.action && <Button kind="ghost" size="small" onClick={() => { closeToast(toast.id); toast.action?.run(); }}>{toast.action.label}</Button>}
      <IconButton icon="close" size="small" label={text("ui.close")} onClick={() => closeToast(toast.id)} />
    </div>
  );
}
