import { useApiForm } from "../administration/useApiForm";
import { change } from "../../shared/data";
import { useText } from "../../shared/localization";
import { navigate } from "../../shared/router";
import { Select, TextField, toast } from "../../shared/ui";
import type { WorkOrder } from "../orders/orders";
import { FormDialog } from "../pages/assets/FormDialog";
import { useSites } from "../places";

interface Draft { name: string; siteId: string }

/** A template of what a work order asks for: its tasks with their checks, and all else that the next one needs. What was answered is not part of it. */
export function FromOrderDialog({ order, close }: { order: WorkOrder; close: () => void }) {
  const text = useText();
  const site = useSites().get(order.siteId);
  const form = useApiForm<Draft>({
    initial: { name: order.title, siteId: "" },
    check: ({ name }) => (name.trim() === "" ? { name: text("admin.needed") } : {}),
    submit: async ({ name, siteId }) => {
      const made = await change("POST /api/v1/workorders/templates", { body: { fromWorkOrder: order.id, name: name.trim(), ...(siteId === "" ? {} : { siteId }) } });
      form.reset({ name, siteId });
      toast({ tone: "success", text: text("orders.template.created", { name: made.name }) });
      navigate(`/templates/${made.id}`);
    },
  });
  return (
    <FormDialog title={text("orders.template.from_order")} form={form} confirm={text("orders.new.confirm")} close={close}>
      <p className="muted">{text("orders.template.from_order_text")}</p>
      <TextField label={text("orders.template.name")} hint={text("orders.template.name_hint")} {...form.field("name")} required maxLength={200} />
      <Select
        label={text("orders.site")} {...form.field("siteId")} placeholder={text("orders.template.all_sites")}
        options={[{ value: order.siteId, label: site?.name ?? text("orders.site") }]}
      />
    </FormDialog>
  );
}
