import { type ReactNode, useEffect, useState } from "react";
import { live } from "../../shared/data/live";
import { useText } from "../../shared/localization";
import { usePlace } from "../../shared/router";
import { findRoute } from "../routes";
import { LiveBanner } from "./LiveBanner";
import { Menu } from "./Menu";
import { SessionEnds } from "./SessionEnds";
import { SignInAgain } from "./SignInAgain";
import { TopBar } from "./TopBar";
import { Commands } from "./Commands";
import { Toaster } from "../../shared/ui";

/** What is around every page. A wall shows the page alone (`?wall=1`), and so does paper. */
export function Shell({ children }: { children: ReactNode }) {
  const text = useText();
  const { path, search } = usePlace();
  const isWall = new URLSearchParams(search).get("wall") === "1";
  // Nothing on a wall could resume it.
  useEffect(() => { if (isWall) live.resume(); }, [isWall]);
  const isAlone = isWall || findRoute(path)?.route.isPaper === true;
  // The menu of a phone closes when a page is chosen.
  const [openAt, setOpenAt] = useState<string | null>(null);
  const isOpen = openAt === path;
  return (
    <div className={isAlone ? "shell shell-wall" : "shell"}>
      {!isAlone && <a className="skip-link" href="#content">{text("app.skip")}</a>}
      {!isAlone && <TopBar isMenuOpen={isOpen} toggleMenu={() => setOpenAt(isOpen ? null : path)} />}
      {!isAlone && <Menu isOpen={isOpen} />}
      <main id="content" className="shell-main" tabIndex={-1}>
        <LiveBanner />
        {children}
      </main>
      <Commands />
      <SessionEnds />
      <SignInAgain />
      <Toaster />
    </div>
  );
}
