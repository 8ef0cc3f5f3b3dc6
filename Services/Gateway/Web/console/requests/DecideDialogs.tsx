import { useState } from "react";
import { useText } from "../../shared/localization";
import { navigate } from "../../shared/router";
import { Combobox, Select, TextArea, TextField, toast, useStatusName } from "../../shared/ui";
import { useApiForm } from "../administration/useApiForm";
import { priorities, types, type Priority, type WorkOrderType } from "../orders/orders";
import { FormDialog } from "../pages/assets/FormDialog";
import { useAssetSearch } from "../pages/work-orders/FilterBar";
import { useAsset } from "../places";
import { WhyDialog } from "../WhyDialog";
import { convert, decline, type ServiceRequest } from "./requests";

interface DecideProps { request: ServiceRequest; decided: () => void; close: () => void }
interface Draft { assetId: string | null; title: string; description: string; type: WorkOrderType; priority: Priority }

/** As a title can have it. */
const longest = 200;

/** Makes a work order of a request: what was asked for stands there, and everything can be said better. */
export function ConvertDialog({ request, decided, close }: DecideProps) {
  const text = useText();
  const name = useStatusName();
  const find = useAssetSearch(request.siteId);
  const [initial] = useState<Draft>(() => ({
    assetId: request.assetId ?? null, title: `${request.label}: ${request.description}`.split("\n")[0]?.slice(0, longest) ?? "", description: request.description,
    type: "corrective", priority: request.kind === "safety" ? "high" : "medium",
  }));
  const form = useApiForm<Draft>({
    initial,
    check: ({ assetId, title }) => ({ ...(assetId ? {} : { assetId: text("admin.needed") }), ...(title.trim() ? {} : { title: text("admin.needed") }) }),
    submit: async ({ assetId, title, description, ...rest }) => {
      const made = await convert(request, { ...rest, title: title.trim(), description, ...(request.assetId || !assetId ? {} : { assetId }) });
      form.reset(initial);
      decided();
      close();
      toast({ tone: "success", text: text("orders.request.converted", { number: made.number }) });
      navigate(`/work-orders/${made.id}`);
    },
  });
  const asset = useAsset(form.values.assetId);
  return (
    <FormDialog title={text("orders.request.convert_title")} form={form} confirm={text("orders.request.convert")} close={close}>
      {/* A sign at an asset has said which one it is. */}
      <Combobox
        label={text("orders.asset")} {...form.field("assetId")} options={find} required placeholder={text("orders.new.asset_hint")}
        valueLabel={asset ? `${asset.code} – ${asset.name}` : undefined} disabledReason={request.assetId ? text("orders.request.asset_given") : undefined}
      />
      <TextField label={text("orders.title")} {...form.field("title")} required maxLength={longest} />
      <TextArea label={text("orders.description")} {...form.field("description")} required={false} rows={5} maxLength={10_000} />
      <div className="ui-form-row">
        <Select label={text("orders.type")} options={types.map((value) => ({ value, label: text(`orders.type.${value}`) }))} {...form.field("type")} />
        <Select label={text("orders.priority")} options={priorities.map((value) => ({ value, label: name("priority", value) }))} {...form.field("priority")} />
      </div>
      <p className="muted">{text("orders.request.convert_text")}</p>
    </FormDialog>
  );
}

export function DeclineDialog({ request, decided, close }: DecideProps) {
  const text = useText();
  return (
    <WhyDialog title={text("orders.request.decline_title")} confirm={text("orders.request.decline")} done={text("orders.request.was_declined")} close={close} run={(reason) => decline(request, reason).finally(decided)}>
      <p className="muted">{text("orders.request.decline_text")}</p>
    </WhyDialog>
  );
}
