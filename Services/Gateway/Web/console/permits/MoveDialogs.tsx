import { useState } from "react";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { Link, navigate } from "../../shared/router";
import { Problem } from "../../shared/data";
import { Banner, Checkbox, DateTimeField, RadioGroup, TextArea, toast } from "../../shared/ui";
import { readIfStale } from "../administration/readIfStale";
import { useApiForm } from "../administration/useApiForm";
import { FormDialog } from "../pages/assets/FormDialog";
import { useNames } from "../people";
import { useZones } from "../places";
import { usePermitStatus } from "./PermitBadges";
import { decideExtension, extendPermit, movePermit, moves, openExtension, orderNumber, type Permit, type PermitMove } from "./permits";

interface DialogProps { permit: Permit; read: () => void; close: () => void }
interface Other { id: string; number: string }

/** Makes a move, after asking for what it needs. What is missing, the server says. */
export function MovePermitDialog({ permit, move, read, close }: DialogProps & { move: PermitMove }) {
  const text = useText();
  const statusOf = usePermitStatus();
  const { needsReason } = moves[move];
  // Permits of other work on the same equipment: its people have to know of this one.
  const [others, setOthers] = useState<Other[]>([]);
  const form = useApiForm({
    initial: { reason: "", areaRestored: false, workCompleted: true, coordinatedWith: [] as string[] },
    check: ({ reason }) => (needsReason && !reason.trim() ? { reason: text("rules.required") } : {}),
    submit: async ({ reason, areaRestored, workCompleted, coordinatedWith }) => {
      let moved: Permit;
      try {
        moved = await readIfStale(movePermit(permit, move, {
          ...(reason.trim() ? { reason: reason.trim() } : {}), ...(move === "close" ? { areaRestored, workCompleted } : {}), ...(coordinatedWith.length > 0 ? { coordinatedWith } : {}),
        }), read);
      } catch (error) {
        const found = othersOf(Problem.from(error));
        if (found.length > 0) setOthers((known) => [...known, ...found.filter(({ id }) => !known.some((one) => one.id === id))]);
        throw error;
      }
      read();
      close();
      // Work goes on there.
      const isOfWork = move === "activate" || move === "close";
      toast({
        tone: "success", text: text("orders.permit.now", { number: permit.number, status: statusOf(moved.status) }),
        ...(isOfWork ? { action: { label: text("orders.permit.to", { number: orderNumber(permit) }), run: () => navigate(`/work-orders/${permit.workOrderId}`) } } : {}),
      });
    },
  });
  const { values } = form;
  const asksText = needsReason || move === "approve" || move === "close";
  return (
    <FormDialog title={text("orders.permit.ask", { move: text(`orders.permitMove.${move}`), number: permit.number })} form={form} confirm={text(`orders.permitMove.${move}`)} size="small" danger={move === "cancel"} close={close}>
      <p dir="auto">{permit.title}</p>
      {others.map(({ id, number }) => (
        <Checkbox
          key={id} label={text("orders.permit.known", { number })} hint={<Link to={`/permits/${id}`}>{text("orders.permit.to", { number })}</Link>} value={values.coordinatedWith.includes(id)}
          onChange={(on) => form.set({ coordinatedWith: on ? [...values.coordinatedWith, id] : values.coordinatedWith.filter((one) => one !== id) })}
        />
      ))}
      {move === "close" && <Checkbox label={text("orders.permit.restored")} {...form.field("areaRestored")} />}
      {move === "close" && <Checkbox label={text("orders.permit.finished")} {...form.field("workCompleted")} />}
      {asksText && <TextArea label={text(needsReason ? "orders.permit.reason" : "orders.permit.comment")} required={needsReason} maxLength={2000} {...form.field("reason")} />}
    </FormDialog>
  );
}

function othersOf({ code, document }: Problem): Other[] {
  if (code !== "asset_under_permit") return [];
  const numbers = (document.parameters?.["permits"] ?? "").split(", ");
  return (document.parameters?.["ids"] ?? "").split(", ").filter(Boolean).map((id, at) => ({ id: id.toLowerCase(), number: numbers[at] ?? "" }));
}

export function ExtendDialog({ permit, read, close }: DialogProps) {
  const text = useText();
  const zone = useZones()(permit.siteId);
  const form = useApiForm({
    initial: { until: permit.validUntil as string | null, reason: "" },
    check: ({ until, reason }) => ({ ...(until ? {} : { until: text("rules.required") }), ...(reason.trim() ? {} : { reason: text("rules.required") }) }),
    submit: async ({ until, reason }) => {
      await readIfStale(extendPermit(permit, { until: until ?? "", reason: reason.trim() }), read);
      read();
      close();
      toast({ tone: "success", text: text("admin.saved") });
    },
  });
  return (
    <FormDialog title={text("orders.permit.extend")} form={form} confirm={text("orders.permit.extend")} size="small" close={close}>
      <DateTimeField label={text("orders.permit.until")} required zone={zone} {...form.field("until")} />
      <TextArea label={text("orders.permit.reason")} required maxLength={2000} {...form.field("reason")} />
    </FormDialog>
  );
}

export function DecideExtensionDialog({ permit, read, close }: DialogProps) {
  const text = useText();
  const format = useFormat();
  const nameOf = useNames();
  const zone = useZones()(permit.siteId);
  const asked = openExtension(permit);
  const form = useApiForm({
    initial: { decision: "" as "approved" | "rejected" | "", comment: "" },
    check: ({ decision }) => (decision === "" ? { decision: text("rules.required") } : {}),
    submit: async ({ decision, comment }) => {
      if (decision === "") return;
      await readIfStale(decideExtension(permit, { decision, ...(comment.trim() ? { comment: comment.trim() } : {}) }), read);
      read();
      close();
      toast({ tone: "success", text: text("admin.saved") });
    },
  });
  return (
    <FormDialog title={text("orders.permit.extension_decide")} form={form} confirm={text("plant.save")} size="small" close={close}>
      {asked && <Banner>{text("orders.permit.extension", { name: nameOf(asked.requestedBy), time: format.dateTime(asked.until, zone), reason: asked.reason })}</Banner>}
      <RadioGroup
        label={text("orders.permit.decision")} required {...form.field("decision")}
        options={[{ value: "approved" as const, label: text("orders.permit.grant") }, { value: "rejected" as const, label: text("orders.permit.refuse") }]}
      />
      <TextArea label={text("orders.permit.comment")} required={false} maxLength={2000} {...form.field("comment")} />
    </FormDialog>
  );
}
