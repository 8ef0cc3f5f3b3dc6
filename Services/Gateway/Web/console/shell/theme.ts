import { Store } from "../../shared/store";

export type Theme = "system" | "light" | "dark";
export const themes: readonly Theme[] = ["system", "light", "dark"];

const storageKey = "dcmms.theme";
export const theme = new Store<Theme>("system");

/** What the person has chosen on this device. */
export function startTheme(): void {
  const chosen = localStorage.getItem(storageKey);
  chooseTheme(chosen === "light" || chosen === "dark" ? chosen : "system");
}

export function chooseTheme(chosen: Theme): void {
  localStorage.setItem(storageKey, chosen);
  theme.set(chosen);
  if (chosen === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = chosen;
}
