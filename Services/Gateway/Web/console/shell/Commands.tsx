import { useEffect, useMemo } from "react";
import { Store } from "../../shared/store";
import { useText } from "../../shared/localization";
import { navigate } from "../../shared/router";
import { useMay } from "../../shared/session/session";
import { CommandPalette, type Command } from "../../shared/ui";
import { routes } from "../routes";
import { findRecords } from "./findRecords";

const isOpen = new Store(false);
export const openCommands = (): void => isOpen.set(true);

/** Ctrl K: goes to a page or a record without the mouse. */
export function Commands() {
  const text = useText();
  const may = useMay();
  const open = isOpen.use();
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      isOpen.set(!isOpen.get());
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
  const pages = useMemo(
    () =>
      routes
        .filter((route) => route.menu && (!route.needs || route.needs.some(may)))
        .map((route): Command => ({
          key: route.path,
          group: text("app.commands.pages"),
          label: text(route.title),
          icon: route.menu!.icon,
          run: () => navigate(route.path),
        })),
    [text, may]
  );
  if (!open) return null;
  return <CommandPalette open commands={pages} search={(words) => findRecords(words, may, text)} onClose={() => isOpen.set(false)} />;
}
