import { useId } from "react";
import { useText } from "../../../shared/localization";
import { navigate, useSearch } from "../../../shared/router";
import { Button, Card, PageHeader } from "../../../shared/ui";
import { NewForm } from "./NewForm";
import { useNewOrder } from "./useNewOrder";

/** A page of its own for a new work order, with an address that can be shared: `?asset=…` chooses the asset, `?template=…` what it is made from. */
export default function NewWorkOrderPage() {
  const text = useText();
  const id = useId();
  const [search] = useSearch();
  const { form, ...rest } = useNewOrder(search.get("asset") ?? "", () => undefined, search.get("template") ?? "");
  return (
    <>
      <PageHeader title={text("orders.new")} crumbs={[{ title: text("pages.work_orders"), to: "/work-orders" }]} />
      <Card className="orders-new">
        <div className="stack">
          <NewForm id={id} form={form} {...rest} />
          <div className="ui-form-actions">
            <Button onClick={() => navigate("/work-orders")}>{text("ui.cancel")}</Button>
            <Button kind="primary" type="submit" form={id} busy={form.busy}>{text("orders.new.confirm")}</Button>
          </div>
        </div>
      </Card>
    </>
  );
}
