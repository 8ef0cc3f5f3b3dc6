import { useText } from "../../shared/localization";
import { Link, usePlace } from "../../shared/router";
import { useMay } from "../../shared/session/session";
import { Icon } from "../../shared/ui";
import { routes, type Route } from "../routes";

const groups = ["work", "plant", "administration"] as const;

/** The pages that the person may see. */
export function Menu({ isOpen }: { isOpen: boolean }) {
  const text = useText();
  const may = useMay();
  const shown = routes.filter((route) => route.menu && (!route.needs || route.needs.some((one) => may(one))));
  return (
    <nav className={isOpen ? "menu menu-open" : "menu"} id="menu" aria-label={text("app.menu")}>
      {groups.map((group) => {
        const members = shown.filter((route) => route.menu?.group === group);
        if (members.length === 0) return null;
        return (
          <div key={group} className="menu-group">
            <h2 className="menu-title">{text(`app.group.${group}`)}</h2>
            <ul className="menu-list">{members.map((route) => <MenuItem key={route.path} route={route} />)}</ul>
          </div>
        );
      })}
    </nav>
  );
}

function MenuItem({ route }: { route: Route }) {
  const text = useText();
  const { path } = usePlace();
  const isHere = route.path === "/" ? path === "/" : path === route.path || path.startsWith(`${route.path}/`);
  return (
    <li>
      <Link to={route.path} className="menu-link" aria-current={isHere ? "page" : undefined}>
        {route.menu && <Icon name={route.menu.icon} />}
        <span>{text(route.title)}</span>
      </Link>
    </li>
  );
}
