import { useRef, useState, type KeyboardEvent } from "react";
import { neighbour } from "../../boardKeys";
import { LocksOn, PermitStatusBadge, TimeLeft, usePermitStatus } from "../../permits/PermitBadges";
import { columnOf, columns, type ColumnName, type Permit } from "../../permits/permits";
import { useKindName } from "../../permits/useKindName";
import { useAssets, useSites, useZones } from "../../places";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link } from "../../../shared/router";
import { Button, Skeleton } from "../../../shared/ui";

/** A column for each state. Tab goes from column to column, arrows between the cards. On a phone, columns are sections. */
export function Board({ permits, isLoading }: { permits: readonly Permit[]; isLoading: boolean }) {
  const text = useText();
  const board = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const keyDown = (event: KeyboardEvent) => {
    const card = event.target instanceof HTMLElement ? event.target : null;
    if (!card?.dataset["permit"] || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const next = neighbour(card, event.key, board.current, "[data-permit]");
    if (next === undefined) return;
    next?.focus();
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={board} className="permit-board" role="group" aria-label={text("pages.permits")} aria-busy={isLoading} onKeyDown={keyDown}
      onFocus={(event) => setFocused(event.target.closest<HTMLElement>("[data-permit]")?.dataset["permit"] ?? null)}
    >
      {columns.map((column) => <Column key={column} column={column} permits={permits.filter((one) => columnOf(one) === column)} focused={focused} isLoading={isLoading} />)}
    </div>
  );
}

/** Of a long column only the beginning is drawn until somebody wants more. */
const step = 40;

function Column({ column, permits, focused, isLoading }: { column: ColumnName; permits: readonly Permit[]; focused: string | null; isLoading: boolean }) {
  const text = useText();
  const format = useFormat();
  const statusName = usePermitStatus();
  const [count, setCount] = useState(step);
  const name = column === "ended" ? text("orders.permit.ended") : statusName(column);
  const tabStop = (permits.find(({ id }) => id === focused) ?? permits[0])?.id;
  return (
    <section className="permit-column" aria-label={text("orders.permit.column", { status: name, count: permits.length })} data-column={column}>
      <header className="permit-column-head"><h2>{name}</h2><span className="muted">{format.number(permits.length)}</span></header>
      {isLoading ? <Skeleton height={72} /> : permits.length > 0 && (
        <ul className="permit-cards">
          {permits.slice(0, count).map((permit) => <li key={permit.id}><Card permit={permit} isTabStop={permit.id === tabStop} isMixed={column === "ended"} /></li>)}
          {permits.length > count && <li><Button kind="ghost" size="small" onClick={() => setCount(count + step)}>{text("ui.more")}</Button></li>}
        </ul>
      )}
    </section>
  );
}

function Card({ permit, isTabStop, isMixed }: { permit: Permit; isTabStop: boolean; isMixed: boolean }) {
  const format = useFormat();
  const kindName = useKindName();
  const site = useSites().get(permit.siteId);
  const asset = useAssets().byId.get(permit.assetId);
  const zone = useZones()(permit.siteId);
  return (
    <Link to={`/permits/${permit.id}`} className="permit-card" data-permit={permit.id} tabIndex={isTabStop ? 0 : -1}>
      <span className="permit-card-line"><code>{permit.number}</code>{isMixed && <PermitStatusBadge status={permit.status} />}</span>
      <strong className="permit-card-title" dir="auto">{permit.title}</strong>
      <span>{kindName(permit.kind)}</span>
      {(site || asset) && <span className="muted"><bdi>{[site?.code, asset?.code].filter(Boolean).join(" · ")}</bdi></span>}
      <span className="muted">{format.range(permit.validFrom, permit.validUntil, zone)}</span>
      <span className="permit-card-line permit-card-marks"><TimeLeft permit={permit} /><LocksOn permit={permit} /></span>
    </Link>
  );
}
