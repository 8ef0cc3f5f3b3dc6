import { useCallback, useMemo } from "react";
import { live } from "../../shared/data/live";
import { pause } from "../../shared/data/pause";
import { Store } from "../../shared/store";
import { languageNames, useText } from "../../shared/localization";
import { navigate } from "../../shared/router";
import { useMay } from "../../shared/session/session";
import { CommandPalette, useCommandKey, type Command } from "../../shared/ui";
import { useRoleName, useRoles } from "../administration/roles";
import { useSites } from "../places";
import { routes } from "../routes";
import { findRecords } from "./findRecords";
import { speak } from "./profile";
import { chooseTheme, themes } from "./theme";

const isOpen = new Store(false);
export const openCommands = (): void => isOpen.set(true);

/** Ctrl K: goes to a page or a record without the mouse. */
export function Commands() {
  const open = isOpen.use();
  useCommandKey(openCommands);
  return open ? <Palette /> : null;
}

function Palette() {
  const text = useText();
  const may = useMay();
  const sites = useSites();
  const { isPaused } = pause.use();
  const pages = useMemo(
    () =>
      routes.flatMap((route): Command[] => {
        if (!route.menu || (route.needs && !route.needs.some((one) => may(one)))) return [];
        const { path, menu } = route;
        return [{ key: path, group: text("app.commands.pages"), label: text(route.title), icon: menu.icon, ...(path === "/compare" ? { also: text("app.commands.compare_words") } : {}), run: () => navigate(path) }];
      }),
    [text, may]
  );
  const actions = useMemo(
    () => [
      ...(may("workorder:create") ? [{ key: "new", group: text("app.commands.actions"), label: text("orders.new"), icon: "plus" as const, run: () => navigate("/work-orders/new") }] : []),
      { key: "account", group: text("app.commands.actions"), label: text("pages.account"), icon: "user" as const, run: () => navigate("/me") },
      isPaused
        ? { key: "resume", group: text("app.commands.actions"), label: text("app.live.resume"), icon: "play" as const, run: () => live.resume() }
        : { key: "pause", group: text("app.commands.actions"), label: text("app.live.pause"), icon: "pause" as const, run: () => live.pause() },
    ],
    [text, may, isPaused]
  );
  const looks = useMemo(
    (): Command[] => [
      ...themes.map((one) => ({ key: one, group: text("app.commands.colours"), label: text(`app.theme.${one}`), also: text("app.commands.colours"), quiet: true, run: () => chooseTheme(one) })),
      ...languageNames.map(({ language, name }) => ({ key: language, group: text("app.commands.language"), label: name, also: text("app.commands.language"), quiet: true, run: () => void speak(language) })),
    ],
    [text]
  );
  const { roles } = useRoles();
  const roleName = useRoleName();
  const commands = useMemo(
    () => [
      ...pages, ...actions, ...looks,
      ...roles.map(({ role }): Command => ({ key: role, group: text("pages.roles"), label: roleName(role), icon: "shield", quiet: true, run: () => navigate(`/roles?role=${encodeURIComponent(role)}`) })),
    ],
    // The names of roles follow `roles` and `text`.
    [pages, actions, looks, roles, text]
  );
  const search = useCallback((words: string, signal: AbortSignal) => findRecords(words, { may, text, sites: sites.values() }, signal), [may, text, sites]);
  return <CommandPalette commands={commands} search={search} close={() => isOpen.set(false)} />;
}
