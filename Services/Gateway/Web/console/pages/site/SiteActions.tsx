import { useState } from "react";
import type { SiteResponse } from "generated/api";
import { useText } from "../../../shared/localization";
import { useMay } from "../../../shared/session/session";
import { Button } from "../../../shared/ui";
import { NewAsset } from "../assets/NewAsset";

/** What can be done with a site. */
export function SiteActions({ site }: { site: SiteResponse }) {
  const text = useText();
  const may = useMay();
  const [isAdding, setIsAdding] = useState(false);
  if (!may("asset:create")) return null;
  return (
    <>
      <Button kind="primary" icon="plus" onClick={() => setIsAdding(true)}>{text("plant.new_asset")}</Button>
      {isAdding && <NewAsset siteId={site.id} close={() => setIsAdding(false)} />}
    </>
  );
}
