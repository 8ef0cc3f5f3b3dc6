import { Fragment, type ReactNode } from "react";
import { useText } from "../localization";
import { Link } from "../router";
import { Icon } from "./Icon";

export interface Crumb { title: string; to: string }

export interface PageHeaderProps {
  title: ReactNode;
  /** The way here, without this page. */
  crumbs?: Crumb[];
  /** Beside the title: a state, a code. */
  meta?: ReactNode;
  /** A line under the title. */
  description?: ReactNode;
  actions?: ReactNode;
  /** Tabs or filters under it. */
  children?: ReactNode;
}

export function PageHeader({ title, crumbs = [], meta, description, actions, children }: PageHeaderProps) {
  const text = useText();
  return (
    <header className="ui-page-header">
      {crumbs.length > 0 && (
        <nav aria-label={text("ui.crumbs")} className="ui-crumbs">
          {crumbs.map((crumb, index) => (
            <Fragment key={crumb.to}>
              {index > 0 && <Icon name="chevron-end" size={12} />}
              <Link to={crumb.to}>{crumb.title}</Link>
            </Fragment>
          ))}
        </nav>
      )}
      <div className="ui-page-line">
        <div className="ui-page-words">
          <div className="ui-page-title"><h1>{title}</h1>{meta}</div>
          {description && <p className="muted">{description}</p>}
        </div>
        {actions && <div className="ui-page-actions">{actions}</div>}
      </div>
      {children}
    </header>
  );
}
