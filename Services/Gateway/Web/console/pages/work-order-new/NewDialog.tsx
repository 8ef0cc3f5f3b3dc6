import { useId } from "react";
import { useText } from "../../../shared/localization";
import { Button, Dialog } from "../../../shared/ui";
import { NewForm } from "./NewForm";
import { useNewOrder } from "./useNewOrder";

/** A new work order beside what one is looking at: `C`. Closed by mistake, it is as it was when it is opened again. */
export function NewDialog({ asset = "", close }: { asset?: string; close: () => void }) {
  const text = useText();
  const id = useId();
  const { form, ...rest } = useNewOrder(asset, close);
  return (
    <Dialog
      title={text("orders.new")} close={close}
      actions={
        <>
          <Button onClick={close}>{text("ui.cancel")}</Button>
          <Button kind="primary" type="submit" form={id} busy={form.busy}>{text("orders.new.confirm")}</Button>
        </>
      }
    >
      <NewForm id={id} form={form} {...rest} />
    </Dialog>
  );
}
