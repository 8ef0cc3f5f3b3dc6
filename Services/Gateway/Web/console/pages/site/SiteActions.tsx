import { useState } from "react";
import type { SiteResponse } from "generated/api";
import { useText } from "../../../shared/localization";
import { useMay } from "../../../shared/session/session";
import { Button } from "../../../shared/ui";
import { NewAsset } from "../assets/NewAsset";
import { EditSite } from "./EditSite";

/** What can be done with a site. */
export function SiteActions({ site }: { site: SiteResponse }) {
  const text = useText();
  const may = useMay();
  const [open, setOpen] = useState<"edit" | "asset">();
  const close = () => setOpen(undefined);
  return (
    <>
      {may("site:create") && <Button icon="edit" onClick={() => setOpen("edit")}>{text("plant.edit")}</Button>}
      {may("asset:create") && <Button kind="primary" icon="plus" onClick={() => setOpen("asset")}>{text("plant.new_asset")}</Button>}
      {open === "edit" && <EditSite site={site} close={close} />}
      {open === "asset" && <NewAsset siteId={site.id} close={close} />}
    </>
  );
}
