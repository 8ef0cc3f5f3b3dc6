import type { SaveView, ViewResponse } from "generated/api";
import { useEffect } from "react";
import { call } from "../../shared/api/call";
import { Problem, useData } from "../../shared/data";

/** A list of work orders that somebody keeps under a name: what the URL of the page says. */
export type SavedView = ViewResponse;

export const useViews = () => useData("GET /api/v1/workorders/views", {});

// Views are none of the records that lists show: saving one reads no list anew.
export const addView = (body: SaveView): Promise<SavedView> => call("POST /api/v1/workorders/views", { body });
export const changeView = ({ id, version }: SavedView, body: SaveView): Promise<SavedView> => call("PUT /api/v1/workorders/views/{view}", { path: { view: id }, body }, { version });
export const removeView = ({ id }: SavedView): Promise<void> => call("DELETE /api/v1/workorders/views/{view}", { path: { view: id } }) as Promise<void>;
export const readView = async ({ id }: SavedView): Promise<SavedView | undefined> => (await call("GET /api/v1/workorders/views", {})).items.find((one) => one.id === id);

/** Whether both show the same: the order of the parts says nothing. */
export const isSameQuery = (one: string, other: string): boolean => ordered(one) === ordered(other);

function ordered(query: string): string {
  const parts = new URLSearchParams(query);
  parts.sort();
  return parts.toString();
}

interface Kept { name: string; search: string }

/** What a browser has kept for a person before the server kept views. */
const storeOf = (user: string) => `dcmms.orders.filters.${user}`;

function kept(user: string): Kept[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(storeOf(user)) ?? "[]");
    return Array.isArray(found) ? (found as Kept[]).filter((one) => typeof one?.name === "string" && typeof one.search === "string") : [];
  } catch {
    return [];
  }
}

/** Filters that this browser has kept become views, once. What can't be kept there stays here. */
export function useKeptFilters(user: string, done: () => void): void {
  useEffect(() => {
    const all = kept(user);
    if (all.length === 0) return;
    localStorage.removeItem(storeOf(user));
    void (async () => {
      const left: Kept[] = [];
      for (const one of all) {
        try {
          await addView({ name: one.name.trim().slice(0, 80), query: one.search, isShared: false });
        } catch (error) {
          // There is one of that name already: it was kept before.
          if (Problem.from(error).code !== "view_name_taken") left.push(one);
        }
      }
      if (left.length > 0) localStorage.setItem(storeOf(user), JSON.stringify(left));
      done();
    })();
  }, [user]);
}
