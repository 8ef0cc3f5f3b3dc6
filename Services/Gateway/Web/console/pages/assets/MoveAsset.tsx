import { useMemo } from "react";
import type { AssetResponse } from "generated/api";
import { explain, explainField } from "../../../shared/api/explain";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { Combobox, toast, useForm } from "../../../shared/ui";
import { FormDialog } from "./FormDialog";
import { buildTree, type Node } from "./tree";
import { useAssets } from "./usePlant";

/** Puts an asset, with everything below it, below another one or at the top of its site. */
export function MoveAsset({ asset, close }: { asset: AssetResponse; close: () => void }) {
  const text = useText();
  const { data } = useAssets(asset.siteId);
  const form = useForm({
    initial: { parentId: asset.parentId ?? null },
    submit: async ({ parentId }) => {
      await move(asset, parentId);
      toast({ tone: "success", text: text("plant.moved", { name: asset.name }) });
      close();
    },
    explain,
    explainField,
  });
  const options = useMemo(() => {
    const places: { value: string; label: string; hint: string }[] = [];
    const visit = (node: Node, above: string[]) => {
      if (node.id === asset.id) return;
      const path = node.asset ? [...above, node.name] : [];
      if (node.asset) places.push({ value: node.id, label: node.name, hint: [node.code, ...above].join(" · ") });
      for (const child of node.children) visit(child, path);
    };
    for (const root of buildTree([], data?.items ?? [])) visit(root, []);
    return places;
  }, [data, asset.id]);
  return (
    <FormDialog title={text("plant.move_asset", { name: asset.name })} form={form} confirm={text("plant.move")} close={close}>
      <Combobox {...form.field("parentId")} label={text("plant.parent")} hint={text("plant.parent.hint")} options={options} required={false} />
      <p className="muted">{text("plant.move.note")}</p>
    </FormDialog>
  );
}

/** Shown at once, and taken back if the server refuses. */
export const move = (asset: AssetResponse, parentId: string | null): Promise<AssetResponse> =>
  change("PATCH /api/v1/assets/{id}", { path: { id: asset.id }, body: { parentId } }, {
    version: asset.version,
    kind: "assets",
    foreseen: { kind: "assets", id: asset.id, change: { parentId } },
  });
