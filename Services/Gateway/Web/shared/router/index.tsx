import { createContext, useContext, useEffect, useMemo, useSyncExternalStore, type AnchorHTMLAttributes, type MouseEvent } from "react";

/** Where the person is: the path and what follows `?`. */
export interface Place {
  path: string;
  search: string;
}

export interface Navigation {
  /** The place before is forgotten: going back does not lead to it. */
  replace?: boolean;
}

const watchers = new Set<() => void>();
/** Say whether the person may leave. */
const guards = new Set<() => boolean>();
let place: Place = current();

function current(): Place {
  return { path: location.pathname, search: location.search };
}

function changed(): void {
  place = current();
  for (const watcher of [...watchers]) watcher();
}

addEventListener("popstate", () => {
  const isSamePath = location.pathname === place.path;
  if (isSamePath || mayLeave()) return changed();
  history.pushState(null, "", place.path + place.search);
});

addEventListener("beforeunload", (event) => {
  if ([...guards].some((guard) => !guard())) event.preventDefault();
});

function mayLeave(): boolean {
  return [...guards].every((guard) => guard() || confirm(leaveText));
}

/** The language of the page sets it. */
let leaveText = "Leave without saving?";
export const setLeaveText = (text: string): void => void (leaveText = text);

/** Goes to a page of the app. */
export function navigate(to: string, { replace = false }: Navigation = {}): void {
  const url = new URL(to, location.href);
  if (url.pathname !== place.path && !mayLeave()) return;
  if (replace) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
  const isOtherPage = url.pathname !== place.path;
  changed();
  if (isOtherPage) scrollTo(0, 0);
}

export const useNavigate = (): typeof navigate => navigate;

export function usePlace(): Place {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => place
  );
}

/** Asks before the person leaves something that they have typed. */
export function useLeaveGuard(isDirty: boolean): void {
  useEffect(() => {
    if (!isDirty) return;
    const guard = () => false;
    guards.add(guard);
    return () => void guards.delete(guard);
  }, [isDirty]);
}

/** What stands in the URL, so that a page can be shared: every filter, range and tab. */
export function useSearch(): [URLSearchParams, (changes: Record<string, string | null | undefined>, how?: Navigation) => void] {
  const { search } = usePlace();
  const values = useMemo(() => new URLSearchParams(search), [search]);
  const change = (changes: Record<string, string | null | undefined>, how: Navigation = { replace: true }) => {
    const next = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === undefined || value === "") next.delete(name);
      else next.set(name, value);
    }
    const text = next.toString();
    navigate(location.pathname + (text === "" ? "" : `?${text}`), how);
  };
  return [values, change];
}

/** Parts of the path that a route names, such as `id` of `/assets/:id`. */
export const PathContext = createContext<Record<string, string>>({});

export function usePathValue(name: string): string {
  const value = useContext(PathContext)[name];
  if (value === undefined) throw new Error(`the route has no part :${name}`);
  return value;
}

/** The parts of a path that a pattern names, or `null` when it is not such a path. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split("/").filter(Boolean);
  const given = path.split("/").filter(Boolean);
  if (wanted.length !== given.length) return null;
  const values: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? "";
    if (part.startsWith(":")) values[part.slice(1)] = decode(value);
    else if (part !== value) return null;
  }
  return values;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

type LinkProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href"> & { to: string };

/** A link to a page of the app. With a key held down, the browser does what it always does. */
export function Link({ to, onClick, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (event.defaultPrevented || !isPlain || rest.target) return;
    event.preventDefault();
    navigate(to);
  };
  return <a {...rest} href={to} onClick={follow} />;
}
