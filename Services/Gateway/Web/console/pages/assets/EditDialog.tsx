import type { ReactNode } from "react";
import { useText } from "../../../shared/localization";
import { Diff, type DialogProps } from "../../../shared/ui";
import { FormDialog } from "./FormDialog";
import type { Edit } from "./useEdit";

interface EditDialogProps<Values extends object> {
  title: string;
  edit: Edit<Values>;
  labels: Readonly<Record<keyof Values & string, string>>;
  /** A field's value in words. */
  shown: (name: keyof Values & string, values: Values) => string;
  size?: DialogProps["size"];
  close: () => void;
  children: ReactNode;
}

/** The form of a change, or both versions of what two have changed. */
export function EditDialog<Values extends object>({ title, edit, labels, shown, size = "medium", close, children }: EditDialogProps<Values>) {
  const text = useText();
  const { form, conflict, choices, choose } = edit;
  return (
    <FormDialog title={title} form={form} confirm={text("plant.save")} size={size} close={close}>
      {conflict ? (
        <>
          <p>{text("plant.conflict")}</p>
          <Diff
            choices={choices}
            onChoose={choose}
            fields={conflict.fields.map((name) => ({ field: name, label: labels[name], theirs: shown(name, conflict.theirs), yours: shown(name, form.values) }))}
          />
        </>
      ) : children}
    </FormDialog>
  );
}
