import { useCallback, useMemo } from "react";
import { Store } from "../../shared/store";
import { useText } from "../../shared/localization";
import { navigate } from "../../shared/router";
import { useMay } from "../../shared/session/session";
import { CommandPalette, useCommandKey, type Command } from "../../shared/ui";
import { routes } from "../routes";
import { findRecords } from "./findRecords";

const isOpen = new Store(false);
export const openCommands = (): void => isOpen.set(true);

/** Ctrl K: goes to a page or a record without the mouse. */
export function Commands() {
  const text = useText();
  const may = useMay();
  const open = isOpen.use();
  useCommandKey(openCommands);
  const pages = useMemo(
    () =>
      routes.flatMap((route): Command[] => {
        if (!route.menu || (route.needs && !route.needs.some(may))) return [];
        const { path, menu } = route;
        return [{ key: path, group: text("app.commands.pages"), label: text(route.title), icon: menu.icon, run: () => navigate(path) }];
      }),
    [text, may]
  );
  const search = useCallback((words: string, signal: AbortSignal) => findRecords(words, may, text, signal), [may, text]);
  if (!open) return null;
  return <CommandPalette commands={pages} search={search} close={() => isOpen.set(false)} />;
}
