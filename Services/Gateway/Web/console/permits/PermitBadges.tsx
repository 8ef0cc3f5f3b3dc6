import { useLocalization, useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { Badge } from "../../shared/ui";
import { useNow } from "../pages/asset/useNow";
import { lastHours, locksOn, runsOut, statusLooks, type Permit, type PermitStatus } from "./permits";

const tick = 30_000;
const minute = 60_000;
const hour = 60 * minute;

export function PermitStatusBadge({ status }: { status: PermitStatus }) {
  return <Badge {...statusLooks[status]}>{usePermitStatus()(status)}</Badge>;
}

/** The name of a status where it stands alone. */
export function usePermitStatus(): (status: PermitStatus) => string {
  const text = useText();
  const { locale } = useLocalization();
  return (status) => {
    const words = text(`orders.permitStatus.${status}`);
    return words.charAt(0).toLocaleUpperCase(locale) + words.slice(1);
  };
}

/** What is left of its time, in whole hours while there are any: a warning in the last hours, and plain words when it is over. */
export function TimeLeft({ permit }: { permit: Permit }) {
  const text = useText();
  const format = useFormat();
  const isRunning = runsOut(permit);
  const now = useNow(tick, isRunning);
  if (!isRunning) return null;
  const left = Date.parse(permit.validUntil) - now;
  if (left <= 0 || permit.status === "expired") return <Badge tone="danger" icon="alert">{text("orders.permit.over")}</Badge>;
  if (now < Date.parse(permit.validFrom)) return null;
  const words = text("orders.permit.left", { time: format.duration(left >= hour ? Math.floor(left / hour) * hour : Math.ceil(left / minute) * minute) });
  return left <= lastHours ? <Badge tone="warning" icon="clock">{words}</Badge> : <span className="muted">{words}</span>;
}

export function LocksOn({ permit }: { permit: Permit }) {
  const text = useText();
  const count = locksOn(permit);
  return count === 0 ? null : <Badge tone="danger" icon="lock">{text("orders.permit.locks", { count })}</Badge>;
}
