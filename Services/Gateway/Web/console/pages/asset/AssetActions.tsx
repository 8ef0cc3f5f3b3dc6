import { useState } from "react";
import type { AssetResponse } from "generated/api";
import { explain } from "../../../shared/api/explain";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { navigate } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Button, ConfirmDialog, Menu, toast, type MenuEntry } from "../../../shared/ui";
import { EditAsset } from "../assets/EditAsset";
import { MoveAsset } from "../assets/MoveAsset";
import { NewAsset } from "../assets/NewAsset";
import { levels } from "../assets/tree";
import { SensorForm } from "./SensorForm";

type Open = "edit" | "move" | "child" | "sensor" | "end" | "delete";

/** What can be done with an asset. What the person may not do is not there. */
export function AssetActions({ asset }: { asset: AssetResponse }) {
  const text = useText();
  const may = useMay();
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const isEnded = asset.status === "decommissioned";
  const ended = isEnded ? text("plant.ended") : undefined;
  const full = asset.level >= levels ? text("plant.full") : undefined;
  const entries: (MenuEntry | false)[] = [
    may("asset:update") && { key: "move", label: text("plant.move"), icon: "tree", run: () => setOpen("move") },
    may("asset:create") && { key: "child", label: text("plant.add_below"), icon: "plus", disabledReason: full, run: () => setOpen("child") },
    may("sensor:create") && { key: "sensor", label: text("plant.add_sensor"), icon: "activity", run: () => setOpen("sensor") },
    (may("asset:decommission") || may("asset:delete")) && "line",
    may("asset:decommission") && { key: "end", label: text("plant.decommission"), icon: "close", danger: true, disabledReason: ended, run: () => setOpen("end") },
    may("asset:delete") && { key: "delete", label: text("plant.delete"), icon: "trash", danger: true, run: () => setOpen("delete") },
  ];
  const items = entries.filter((entry): entry is MenuEntry => entry !== false);
  const path = { id: asset.id };
  const end = async () => {
    await change("PATCH /api/v1/assets/{id}", { path, body: { status: "decommissioned" } }, { version: asset.version, kind: "assets" });
    toast({ tone: "success", text: text("plant.decommissioned", { name: asset.name }) });
  };
  const remove = async () => {
    await change("DELETE /api/v1/assets/{id}", { path }, { version: asset.version });
    toast({ tone: "success", text: text("plant.deleted", { name: asset.name }) });
    navigate("/assets", { replace: true });
  };
  return (
    <>
      {(may("asset:update") || may("asset:status")) && <Button icon="edit" onClick={() => setOpen("edit")}>{text("plant.edit")}</Button>}
      {items.length > 0 && <Menu label={text("plant.more")} items={items} />}
      {open === "edit" && <EditAsset asset={asset} close={close} />}
      {open === "move" && <MoveAsset asset={asset} close={close} />}
      {open === "child" && <NewAsset siteId={asset.siteId} parentId={asset.id} close={close} />}
      {open === "sensor" && <SensorForm assetId={asset.id} close={close} />}
      {open === "end" && <ConfirmDialog title={text("plant.decommission.ask", { name: asset.name })} confirm={text("plant.decommission")} danger run={end} close={close} explain={explain}>{text("plant.decommission.text")}</ConfirmDialog>}
      {open === "delete" && <ConfirmDialog title={text("plant.delete.ask", { name: asset.name })} confirm={text("plant.delete")} danger phrase={asset.code} run={remove} close={close} explain={explain}>{text("plant.delete.text")}</ConfirmDialog>}
    </>
  );
}
