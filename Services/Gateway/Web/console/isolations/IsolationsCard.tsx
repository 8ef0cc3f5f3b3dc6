import { useState } from "react";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { useMay, useUser } from "../../shared/session/session";
import { Button, Card, classes, Icon } from "../../shared/ui";
import { useNames } from "../people";
import { isOn, meets, needsIsolations, type Isolation, type Permit } from "../permits/permits";
import { useAsset, useZones } from "../places";
import { LockDialog, ReleaseDialog, VerifyDialog } from "./IsolationDialogs";

type Act = "lock" | "verify" | "release";
interface Offer { act: Act; why?: string | undefined }
const steps: Isolation["state"][] = ["planned", "locked", "verified", "released"];

/** The points of a permit in the order in which they are locked, and what can be done at each now. */
export function IsolationsCard({ permit, read }: { permit: Permit; read: () => void }) {
  const text = useText();
  const [open, setOpen] = useState<{ act: Act; id: string } | null>(null);
  const offers = useOffers(permit);
  const point = permit.isolations.find(({ id }) => id === open?.id);
  const close = () => setOpen(null);
  return (
    <Card title={text("orders.isolation.points")}>
      {permit.isolations.length === 0 ? <p className="muted">{text(permit.status === "draft" && needsIsolations(permit.kind) ? "orders.permit.needed" : "orders.permit.nothing")}</p> : (
        <ol className="isolation-points">
          {permit.isolations.map((one) => <Point key={one.id} permit={permit} point={one} offer={offers(one)} act={(act) => setOpen({ act, id: one.id })} />)}
        </ol>
      )}
      {open?.act === "lock" && point && <LockDialog permit={permit} point={point} read={read} close={close} />}
      {open?.act === "verify" && point && <VerifyDialog permit={permit} point={point} read={read} close={close} />}
      {open?.act === "release" && point && <ReleaseDialog permit={permit} point={point} read={read} close={close} />}
    </Card>
  );
}

/** Locks go on in the order of the plan, and off in the reverse order; who has put one on does not verify it. */
function useOffers(permit: Permit): (point: Isolation) => Offer[] {
  const text = useText();
  const may = useMay();
  const self = useUser().id;
  const first = (place: string) => text("orders.isolation.first", { place });
  return (point) => {
    const at = permit.isolations.indexOf(point);
    const isSpot = may("checklist:complete");
    const found: Offer[] = [];
    if (point.state === "planned" && isSpot && ["draft", "pending_approval", "approved"].includes(permit.status)) {
      const earlier = permit.isolations.slice(0, at).find(({ state }) => state === "planned");
      const isTornDown = permit.isolations.some(({ state }) => state === "released");
      found.push({ act: "lock", why: permit.status !== "approved" ? text("orders.isolation.after_approval") : isTornDown ? text("orders.isolation.no_more") : earlier && first(earlier.place) });
    }
    if (point.state === "locked" && isSpot && permit.status === "approved") found.push({ act: "verify", why: point.lockedBy === self ? text("orders.isolation.own") : undefined });
    const mayApprove = may("permit:approve", meets(permit, self));
    if (isOn(point) && (isSpot || mayApprove)) {
      const later = permit.isolations.slice(at + 1).filter(isOn).at(-1);
      found.push({ act: "release", why: later ? first(later.place) : point.lockedBy !== self && !mayApprove ? text("orders.isolation.not_yours") : undefined });
    }
    return found;
  };
}

const icons = { lock: "lock", verify: "check", release: "key" } as const;

function Point({ permit, point, offer, act }: { permit: Permit; point: Isolation; offer: Offer[]; act: (act: Act) => void }) {
  const text = useText();
  const equipment = useAsset(point.equipmentId);
  const words = [text(`orders.isolation.energy.${point.energy}`), equipment && `${equipment.code} – ${equipment.name}`].filter(Boolean).join(" · ");
  return (
    <li className="isolation-point" aria-label={point.place}>
      <div className="row-apart">
        <div><strong dir="auto">{`${point.position}. ${point.place}`}</strong><div className="muted"><bdi>{words}</bdi></div></div>
        {offer.length > 0 && (
          <span className="row">
            {offer.map((one, at) => (
              <Button
                key={one.act} size="small" icon={icons[one.act]} kind={at === 0 && !one.why ? "primary" : "secondary"} disabledReason={one.why} onClick={() => act(one.act)}
                aria-label={text("orders.isolation.of", { move: text(`orders.isolation.${one.act}`), place: point.place })}
              >{text(`orders.isolation.${one.act}`)}</Button>
            ))}
          </span>
        )}
      </div>
      <Steps permit={permit} point={point} />
      {offer.flatMap(({ why }) => why ?? []).map((why) => <p key={why} className="muted">{why}</p>)}
    </li>
  );
}

/** Planned, locked, verified, released: what is done, by whom and when. */
function Steps({ permit, point }: { permit: Permit; point: Isolation }) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const zone = useZones()(permit.siteId);
  const at = { planned: undefined, locked: point.lockedAt, verified: point.verifiedAt, released: point.releasedAt };
  const by = { planned: undefined, locked: point.lockedBy, verified: point.verifiedBy, released: point.releasedBy };
  const note = { planned: undefined, locked: [point.lockNumber, point.tag].filter(Boolean).join(" · "), verified: point.measurement, released: point.releaseReason };
  return (
    <ol className="isolation-steps">
      {steps.map((step) => {
        const time = at[step];
        const person = by[step];
        const isDone = step === "planned" || Boolean(time);
        return (
          <li key={step} className={classes("isolation-step", isDone && "isolation-step-done")} aria-current={step === point.state ? "step" : undefined}>
            <span className="isolation-step-name"><Icon name={isDone ? "check" : "circle"} size={12} />{text(`orders.isolation.state.${step}`)}</span>
            {note[step] && <bdi>{note[step]}</bdi>}
            {time && person && <span>{text("orders.permit.by", { name: nameOf(person), time: format.dateTime(time, zone) })}</span>}
            {step === "locked" && point.photoId && <a href={`/api/v1/workorders/${permit.workOrderId}/attachments/${point.photoId}/content`} target="_blank" rel="noreferrer">{text("orders.isolation.photo")}</a>}
          </li>
        );
      })}
    </ol>
  );
}
