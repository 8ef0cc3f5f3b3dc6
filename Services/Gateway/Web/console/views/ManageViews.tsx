import { useText } from "../../shared/localization";
import { Badge, Button, Dialog, IconButton } from "../../shared/ui";
import { useNames } from "../people";
import type { SavedView } from "./views";
import { openView } from "./ViewsMenu";

interface ManageViewsProps {
  views: readonly SavedView[];
  shown: SavedView | undefined;
  mayChange: (view: SavedView) => boolean;
  mayRemove: (view: SavedView) => boolean;
  change: (view: SavedView) => void;
  remove: (view: SavedView) => void;
  close: () => void;
}

/** All views: to open, to rename and share, to remove. */
export function ManageViews({ views, shown, mayChange, mayRemove, change, remove, close }: ManageViewsProps) {
  const text = useText();
  const nameOf = useNames();
  return (
    <Dialog title={text("orders.view.manage")} close={close} focus={[".views-view .ui-button", ".ui-dialog-actions .ui-button"]} actions={<Button onClick={close}>{text("ui.close")}</Button>}>
      {views.length === 0 ? <p className="muted">{text("orders.view.none")}</p> : (
        <ul className="views-list" aria-label={text("orders.view.saved")}>
          {views.map((view) => (
            <li key={view.id} className="views-view">
              <span className="views-name row">
                <bdi>{view.name}</bdi>
                {view.isShared && <Badge tone="info" icon="users">{mayChange(view) ? text("orders.view.shared") : nameOf(view.ownerId)}</Badge>}
                {view.id === shown?.id && <Badge tone="success">{text("orders.view.shown")}</Badge>}
              </span>
              <span className="views-acts">
                <Button size="small" aria-label={text("orders.view.open_one", { name: view.name })} onClick={() => { close(); openView(view); }}>{text("orders.view.open")}</Button>
                {mayChange(view) && <IconButton size="small" icon="edit" label={text("orders.view.change_one", { name: view.name })} onClick={() => change(view)} />}
                {mayRemove(view) && <IconButton size="small" icon="trash" label={text("orders.view.remove_one", { name: view.name })} onClick={() => remove(view)} />}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
