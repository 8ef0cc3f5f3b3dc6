import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startLanguage } from "../shared/localization";
import { session } from "../shared/session/session";
import { announceSignIn } from "../shared/session/tabs";
import { followProfile } from "./shell/profile";
import { signedInPath } from "./shell/SignInAgain";
import { startTheme } from "./shell/theme";
import { App, preload } from "./App";

/** Both at the same time: the page appears in the right language, with all that it may show. */
async function start(): Promise<void> {
  startTheme();
  preload();
  await Promise.all([startLanguage(), session.load()]);
  await followProfile();
  const app = document.getElementById("app");
  if (app) createRoot(app).render(<StrictMode><App /></StrictMode>);
}

if (location.pathname === signedInPath) announceSignIn();
else void start();
