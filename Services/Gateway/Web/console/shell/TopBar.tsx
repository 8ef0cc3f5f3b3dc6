import { live } from "../../shared/data/live";
import { pause } from "../../shared/data/pause";
import { useText } from "../../shared/localization";
import { Link } from "../../shared/router";
import { Button, IconButton } from "../../shared/ui";
import { openCommands } from "./Commands";
import { PersonMenu } from "./PersonMenu";

export function TopBar({ isMenuOpen, toggleMenu }: { isMenuOpen: boolean; toggleMenu: () => void }) {
  const text = useText();
  const { phase } = live.state.use();
  const { isPaused, isWaiting } = pause.use();
  const state = !isPaused ? phase : isWaiting ? "waiting" : "paused";
  return (
    <header className="top">
      <IconButton className="top-toggle" icon="list" label={text("app.menu")} aria-expanded={isMenuOpen} aria-controls="menu" onClick={toggleMenu} />
      <Link to="/" className="top-name">dCMMS</Link>
      <Button className="top-search" icon="search" kind="secondary" onClick={openCommands} aria-keyshortcuts="Control+K Meta+K">
        {text("app.search")} <kbd>{text("ui.key.Ctrl")} K</kbd>
      </Button>
      <span className="top-live" data-phase={state} role="status">
        <span className="top-dot" aria-hidden="true" />
        {text(`app.live.${state}`)}
      </span>
      <IconButton icon={isPaused ? "play" : "pause"} label={text(isPaused ? "app.live.resume" : "app.live.pause")} onClick={() => (isPaused ? live.resume() : live.pause())} />
      <PersonMenu />
    </header>
  );
}
