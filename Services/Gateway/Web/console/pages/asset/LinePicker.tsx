import { useCallback, useMemo, useState } from "react";
import { useText } from "../../../shared/localization";
import { Button, classes, Combobox, Dialog, IconButton } from "../../../shared/ui";
import { useData } from "../../../shared/data";
import { findAssets } from "../../places";
import { isSameLine, mostLines, type Line } from "./chartURL";
import type { LineSource } from "./lineInfo";

interface LinePickerProps {
  source: LineSource;
  sources: ReadonlyMap<string, LineSource>;
  lines: readonly Line[];
  setLines: (lines: readonly Line[]) => void;
}

/** Which tags, of this asset and of others, are drawn. */
export function LinePicker({ source, sources, lines, setLines }: LinePickerProps) {
  const text = useText();
  const [isAdding, setIsAdding] = useState(false);
  const { asset, sensors } = source;
  const isFull = lines.length >= mostLines;
  const toggle = (line: Line) => {
    const without = lines.filter((one) => !isSameLine(one, line));
    if (without.length < lines.length) setLines(without);
    else if (!isFull) setLines([...lines, line]);
  };
  return (
    <div className="plant-lines" role="group" aria-label={text("plant.lines")}>
      {sensors.map(({ tag }) => {
        const line = { tag, assetId: asset.id };
        const isOn = lines.some((one) => isSameLine(one, line));
        return (
          <button
            key={tag} type="button" className={classes("plant-line", isOn && "plant-line-on")} aria-pressed={isOn}
            aria-disabled={(!isOn && isFull) || undefined} title={!isOn && isFull ? text("plant.lines.full", { count: mostLines }) : undefined} onClick={() => toggle(line)}
          >
            {tag}
          </button>
        );
      })}
      {lines.filter((line) => line.assetId !== asset.id || !sensors.some((sensor) => sensor.tag === line.tag)).map((line) => {
        const name = `${sources.get(line.assetId)?.asset.name ?? text("plant.unknown_asset")} · ${line.tag}`;
        return (
          <span key={`${line.assetId} ${line.tag}`} className="plant-line plant-line-on">
            {name}
            <IconButton size="small" icon="close" label={text("plant.lines.remove", { line: name })} onClick={() => toggle(line)} />
          </span>
        );
      })}
      <Button size="small" kind="ghost" icon="plus" disabledReason={isFull ? text("plant.lines.full", { count: mostLines }) : undefined} onClick={() => setIsAdding(true)}>{text("plant.lines.other")}</Button>
      {isAdding && <AddLine except={asset.id} close={() => setIsAdding(false)} add={(line) => { if (!lines.some((one) => isSameLine(one, line))) setLines([...lines, line]); }} usual={lines[0]?.tag} />}
    </div>
  );
}

function AddLine({ except, usual, add, close }: { except: string; usual: string | undefined; add: (line: Line) => void; close: () => void }) {
  const text = useText();
  const [assetId, setAssetId] = useState<string | null>(null);
  const [tag, setTag] = useState<string | null>(usual ?? null);
  const sensors = useData("GET /api/v1/sensors", assetId ? { query: { assetId, limit: 200 } } : null);
  const options = useCallback(
    async (words: string, signal: AbortSignal) =>
      (await findAssets(words, signal)).filter((one) => one.id !== except).map((one) => ({ value: one.id, label: one.name, hint: `${one.siteCode}/${one.code}` })),
    [except]
  );
  const tags = useMemo(() => (sensors.data?.items ?? []).map((one) => ({ value: one.tag, label: one.tag, hint: one.unit })), [sensors.data]);
  const isThere = tags.some((one) => one.value === tag);
  const reason = assetId === null ? text("plant.choose_asset") : !isThere ? text("plant.choose_tag") : undefined;
  return (
    <Dialog
      title={text("plant.lines.other")}
      size="small"
      close={close}
      actions={
        <>
          <Button onClick={close}>{text("ui.cancel")}</Button>
          <Button kind="primary" disabledReason={reason} onClick={() => { if (assetId && tag) add({ assetId, tag }); close(); }}>{text("plant.add")}</Button>
        </>
      }
    >
      <div className="stack">
        <Combobox label={text("plant.asset")} value={assetId} onChange={setAssetId} options={options} required />
        <Combobox label={text("plant.tag")} value={isThere ? tag : null} onChange={setTag} options={tags} required disabledReason={assetId === null ? text("plant.choose_asset") : undefined} />
      </div>
    </Dialog>
  );
}
