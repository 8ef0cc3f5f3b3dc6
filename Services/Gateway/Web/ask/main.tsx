import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { openLanguages } from "generated/texts";
import { startLanguage } from "../shared/localization";
import { Ask } from "./Ask";

/** What a code on a sign leads to: people without an account ask for work. It shares no session with the console, and needs a tenth of it. */
async function start(): Promise<void> {
  await startLanguage(openLanguages);
  const app = document.getElementById("app");
  if (app) createRoot(app).render(<StrictMode><Ask /></StrictMode>);
}

void start();
