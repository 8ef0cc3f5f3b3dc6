import { useNames } from "../../people";
import type { Permit } from "../../permits/permits";
import { useHappenings } from "../../permits/useHappenings";
import { useZones } from "../../places";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Card } from "../../../shared/ui";

/** What has become of it, the latest first. */
export function Story({ permit }: { permit: Permit }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const zone = useZones()(permit.siteId);
  const all = useHappenings(permit);
  return (
    <Card title={text("orders.permit.decisions")}>
      <ul className="admin-lines" aria-label={text("orders.permit.decisions")}>
        {all.reverse().map((one) => (
          <li key={`${one.at} ${one.words}`}>
            <div className="stack-tight"><strong>{one.words}</strong>{one.note && <span dir="auto">{one.note}</span>}</div>
            <span className="muted">{text("orders.permit.by", { name: nameOf(one.by), time: format.dateTime(one.at, zone) })}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
