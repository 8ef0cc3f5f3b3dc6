import { useEffect, useState } from "react";
import { useLocalization, useText } from "../../shared/localization";
import { Combobox, DateTimeField, Select, TextArea, TextField, toast } from "../../shared/ui";
import { useApiForm } from "../administration/useApiForm";
import { FormDialog } from "../pages/assets/FormDialog";
import { useAssetSearch } from "../pages/work-orders/FilterBar";
import { useAsset, useSites, useZones } from "../places";
import { PeopleField, type Involved } from "./PeopleField";
import { incidentKinds, reportIncident, severities, type Incident, type IncidentKind, type Severity } from "./incidents";

interface Draft { siteId: string | null; assetId: string | null; kind: IncidentKind; severity: Severity; occurredAt: string | null; title: string; description: string; immediateAction: string; people: Involved[] }

/** What has happened, as whoever saw it says it. Nothing typed is lost when it is refused. */
export function ReportDialog({ reported, close }: { reported: (incident: Incident) => void; close: () => void }) {
  const text = useText();
  const sites = [...useSites().values()];
  const zoneOf = useZones();
  const { zone: ownZone } = useLocalization();
  const [initial] = useState<Draft>(() => ({ siteId: null, assetId: null, kind: "near_miss", severity: "minor", occurredAt: new Date(Math.floor(Date.now() / 60_000) * 60_000).toISOString(), title: "", description: "", immediateAction: "", people: [] }));
  const form = useApiForm<Draft>({
    initial,
    check: ({ siteId, occurredAt, title, description }) => ({
      ...(siteId ? {} : { siteId: text("rules.required") }), ...(occurredAt ? {} : { occurredAt: text("rules.required") }),
      ...(title.trim() ? {} : { title: text("rules.required") }), ...(description.trim() ? {} : { description: text("rules.required") }),
    }),
    submit: async ({ siteId, assetId, occurredAt, title, description, immediateAction, ...rest }) => {
      const made = await reportIncident({
        ...rest, siteId: siteId ?? "", occurredAt: occurredAt ?? "", title: title.trim(), description: description.trim(),
        ...(assetId ? { assetId } : {}), ...(immediateAction.trim() ? { immediateAction: immediateAction.trim() } : {}),
      });
      form.reset(initial);
      close();
      toast({ tone: "success", text: text("orders.incident.reported", { number: made.number }) });
      reported(made);
    },
  });
  const { values } = form;
  // Where there is one site, nobody is asked which.
  const only = sites.length === 1 ? sites[0]?.id : undefined;
  useEffect(() => { if (only && values.siteId === null) form.set({ siteId: only }); }, [only]);
  const asset = useAsset(values.assetId);
  const find = useAssetSearch(values.siteId ?? "");
  return (
    <FormDialog title={text("orders.incident.report")} form={form} confirm={text("orders.incident.send")} close={close}>
      <TextField label={text("orders.incident.title")} required maxLength={200} {...form.field("title")} />
      <div className="ui-form-row">
        <Select label={text("orders.incident.kind")} {...form.field("kind")} options={incidentKinds.map((value) => ({ value, label: text(`orders.incident.kind.${value}`) }))} />
        <Select label={text("orders.incident.severity")} {...form.field("severity")} options={[...severities].reverse().map((value) => ({ value, label: text(`orders.incident.severity.${value}`) }))} />
      </div>
      <TextArea label={text("orders.incident.description")} required rows={4} maxLength={5000} {...form.field("description")} />
      <Combobox
        label={text("orders.site")} required {...form.field("siteId")} options={sites.map(({ id, code, name }) => ({ value: id, label: name, hint: code }))}
        // Another site has other assets.
        onChange={(siteId) => form.set({ siteId, assetId: siteId === values.siteId ? values.assetId : null })}
      />
      {values.siteId && <Combobox key={values.siteId} label={text("orders.asset")} required={false} {...form.field("assetId")} options={find} valueLabel={asset ? `${asset.code} – ${asset.name}` : undefined} />}
      <DateTimeField label={text("orders.incident.when")} required zone={values.siteId ? zoneOf(values.siteId) : ownZone} {...form.field("occurredAt")} />
      <PeopleField label={text("orders.incident.people")} hint={text("orders.incident.people_hint")} {...form.field("people")} />
      <TextArea label={text("orders.incident.at_once")} required={false} rows={2} maxLength={2000} {...form.field("immediateAction")} />
    </FormDialog>
  );
}
