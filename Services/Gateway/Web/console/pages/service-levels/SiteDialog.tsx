import { useState } from "react";
import { useText } from "../../../shared/localization";
import { Combobox } from "../../../shared/ui";
import { useApiForm } from "../../administration/useApiForm";
import { useSites } from "../../places";
import { FormDialog } from "../assets/FormDialog";
import { isFaulty, usualHours, type HoursDraft, type SiteDraft } from "./draft";
import { HoursFields } from "./Fields";

interface SiteDialogProps { given: SiteDraft | null; taken: readonly string[]; save: (site: SiteDraft) => void; close: () => void }

/** The hours that count at one site. */
export function SiteDialog({ given, taken, save, close }: SiteDialogProps) {
  const text = useText();
  const sites = [...useSites().values()];
  const [isTried, setTried] = useState(false);
  const form = useApiForm<{ siteId: string | null; hours: HoursDraft }>({
    initial: given ?? { siteId: null, hours: usualHours },
    check: ({ siteId, hours }) => {
      setTried(true);
      return { ...(siteId ? {} : { siteId: text("rules.required") }), ...(isFaulty(hours) ? { hours: text("rules.required") } : {}) };
    },
    submit: async ({ siteId, hours }) => {
      if (siteId) save({ siteId, hours });
      close();
    },
  });
  return (
    <FormDialog title={text(given ? "orders.level.site_change" : "orders.level.site_add")} form={form} confirm={text("orders.level.take")} close={close}>
      <Combobox
        label={text("orders.site")} required {...form.field("siteId")} disabledReason={given ? text("orders.level.site_stays") : undefined}
        options={sites.filter(({ id }) => id === given?.siteId || !taken.includes(id)).map(({ id, code, name }) => ({ value: id, label: name, hint: code }))}
      />
      <HoursFields label={text("orders.level.counts")} value={form.values.hours} onChange={(hours) => form.set({ hours })} showsFaults={isTried} />
    </FormDialog>
  );
}
