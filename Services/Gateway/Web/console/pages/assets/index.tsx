import { useCallback, useDeferredValue, useMemo, useState } from "react";
import { problemText } from "../../../shared/api/problemText";
import { Problem } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useSearch } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Button, Card, EmptyState, ErrorState, PageHeader, SearchField, Select, Skeleton, toast, useStatusName } from "../../../shared/ui";
import { Store } from "../../../shared/store";
import { useScope } from "../../places";
import { ScopeSelect } from "../../Scope";
import { useTypeName } from "../../types";
import { states } from "./AssetFields";
import { AssetTree } from "./AssetTree";
import { MoveAsset, move } from "./MoveAsset";
import { NewAsset } from "./NewAsset";
import { SiteForm } from "./SiteForm";
import { buildTree, matching, type Node } from "./tree";
import { usePlant } from "./usePlant";

/** What is open stays open on the way back. `null`: nobody has touched it. */
const openNodes = new Store<ReadonlySet<string> | null>(null);
/** With no more than this, everything is open at first. */
const few = 60;

export default function AssetsPage() {
  const text = useText();
  const typeName = useTypeName();
  const statusName = useStatusName();
  const may = useMay();
  const [search, setSearch] = useSearch();
  const [form, setForm] = useState<"site" | "asset">();
  const [moved, setMoved] = useState<Node>();
  const plant = usePlant();
  const { sites, assets } = plant;
  const roots = useMemo(() => buildTree(sites, assets), [sites, assets]);
  const types = useMemo(() => [...new Set(assets.map((asset) => asset.type))].sort(), [assets]);

  const typed = search.get("q") ?? "";
  // The field shows what is typed at once, also when ten thousand are searched.
  const q = useDeferredValue(typed);
  const [status, type, site, portfolio] = [search.get("status") ?? "", search.get("type") ?? "", search.get("site") ?? "", search.get("portfolio") ?? ""];
  const { has } = useScope({ site, portfolio });
  const match = useMemo(() => matching(roots, { q, status, type, hasSite: site || portfolio ? has : null }), [roots, q, status, type, site, portfolio, has]);
  const chosen = openNodes.use();
  const open = useMemo(() => chosen ?? new Set(assets.length <= few ? [...sites, ...assets].map((one) => one.id) : sites.map((one) => one.id).slice(0, 1)), [chosen, sites, assets]);

  const put = useCallback(async (node: Node, target: Node) => {
    try {
      if (node.asset) await move(node.asset, target.asset?.id ?? null);
      toast({ tone: "success", text: text("plant.moved_below", { name: node.name, target: target.name }) });
    } catch (error) {
      toast({ tone: "danger", text: problemText(Problem.from(error)) });
    }
  }, [text]);
  const set = (name: string) => (value: string) => setSearch({ [name]: value });
  const isEmpty = plant.isWhole && sites.length === 0 && assets.length === 0;

  return (
    <div className="plant-page">
      <PageHeader
        title={text("pages.assets")}
        actions={
          <>
            {may("site:create") && <Button icon="plus" onClick={() => setForm("site")}>{text("plant.new_site")}</Button>}
            {may("asset:create") && <Button kind="primary" icon="plus" onClick={() => setForm("asset")}>{text("plant.new_asset")}</Button>}
          </>
        }
      />
      {plant.problem && roots.length > 0 && <ErrorState problem={{ message: problemText(plant.problem), requestId: plant.problem.requestId }} retry={plant.retry} />}
      <Card flush className="plant-card">
        <div className="plant-filters">
          <SearchField label={text("plant.search")} value={typed} onChange={set("q")} />
          <Select hideLabel label={text("plant.state")} placeholder={text("plant.any_state")} value={status} onChange={set("status")} options={states.map((one) => ({ value: one as string, label: statusName("asset", one) }))} />
          <Select hideLabel label={text("plant.type")} placeholder={text("plant.any_type")} value={type} onChange={set("type")} options={types.map((one) => ({ value: one, label: typeName(one) }))} />
          <ScopeSelect label={text("plant.site")} all={text("plant.any_site")} scope={{ site, portfolio }} choose={setSearch} />
          <span className="muted plant-count" role="status">
            {!plant.isWhole && !plant.problem ? text("plant.reading", { count: assets.length }) : match ? text("plant.found", { count: match.found.size }) : text("plant.total", { count: assets.length })}
          </span>
        </div>
        {isEmpty ? (
          <EmptyState title={text("plant.empty")} icon="tree">{text("plant.empty.text")}</EmptyState>
        ) : roots.length === 0 ? (
          <div className="plant-state">{plant.problem ? <ErrorState problem={{ message: problemText(plant.problem), requestId: plant.problem.requestId }} retry={plant.retry} /> : <Skeleton lines={8} />}</div>
        ) : match?.found.size === 0 && plant.isWhole ? (
          <EmptyState title={text("plant.nothing_found")} action={<Button onClick={() => setSearch({ q: null, status: null, type: null, site: null, portfolio: null })}>{text("plant.clear_filters")}</Button>} />
        ) : (
          <AssetTree
            roots={roots} shown={match?.shown ?? null} found={match?.found ?? null} open={open} setOpen={openNodes.set}
            onMove={may("asset:update") ? put : undefined} onChoosePlace={may("asset:update") ? setMoved : undefined}
          />
        )}
      </Card>
      {form === "site" && <SiteForm close={() => setForm(undefined)} />}
      {form === "asset" && <NewAsset siteId={site || undefined} close={() => setForm(undefined)} />}
      {moved?.asset && <MoveAsset asset={moved.asset} close={() => setMoved(undefined)} />}
    </div>
  );
}
