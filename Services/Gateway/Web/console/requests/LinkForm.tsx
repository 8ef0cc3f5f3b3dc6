import { useState } from "react";
import type { NewRequestLinkResponse } from "generated/api";
import { useLocalization, useText } from "../../shared/localization";
import { Problem } from "../../shared/data";
import { Checkbox, Combobox, DateTimeField, Field, NumberField, Select, TextField, toast, type FormState } from "../../shared/ui";
import { useApiForm } from "../administration/useApiForm";
import { FormDialog } from "../pages/assets/FormDialog";
import { useAssetSearch } from "../pages/work-orders/FilterBar";
import { useAsset, useSites, useZones } from "../places";
import { askedKinds, changeLink, changesOf, createLink, draftOf, readLink, type LinkDraft, type RequestLink } from "./requests";

const usualOpen = 20;
const mostOpen = 200;

function useLinkCheck(): (draft: LinkDraft) => Partial<Record<keyof LinkDraft, string>> {
  const text = useText();
  return ({ label, kinds, maximumOpen }) => ({
    ...(label.trim() ? {} : { label: text("admin.needed") }),
    ...(kinds.length > 0 ? {} : { kinds: text("orders.request.kinds_missing") }),
    ...(maximumOpen === null ? { maximumOpen: text("admin.needed") } : {}),
  });
}

function LinkFields<Draft extends LinkDraft>({ form, zone }: { form: FormState<Draft>; zone: string }) {
  const text = useText();
  const known = form as unknown as FormState<LinkDraft>;
  const kinds = known.field("kinds");
  return (
    <>
      <TextField label={text("orders.request.label")} hint={text("orders.request.label_hint")} required maxLength={120} {...known.field("label")} />
      <Field label={text("orders.request.kinds")} group required name="kinds" error={kinds.error}>
        {() => askedKinds.map((one) => (
          <Checkbox key={one} label={text(`ask.kind.${one}`)} value={kinds.value.includes(one)} onChange={(on) => kinds.onChange(askedKinds.filter((other) => (other === one ? on : kinds.value.includes(other))))} />
        ))}
      </Field>
      <div className="ui-form-row">
        <DateTimeField label={text("orders.request.expires")} hint={text("orders.request.expires_hint")} zone={zone} required={false} {...known.field("expiresAt")} />
        <NumberField label={text("orders.request.most")} hint={text("orders.request.most_hint")} min={1} max={mostOpen} digits={0} required {...known.field("maximumOpen")} />
      </div>
    </>
  );
}

interface NewDraft extends LinkDraft { siteId: string; assetId: string | null }

/** A link for a site or one of its assets. Its code is shown once, when it is made. */
export function NewLink({ made, close }: { made: (link: NewRequestLinkResponse) => void; close: () => void }) {
  const text = useText();
  const sites = useSites();
  const check = useLinkCheck();
  const zoneOf = useZones();
  const [initial] = useState<NewDraft>(() => ({ siteId: sites.size === 1 ? [...sites.keys()][0] ?? "" : "", assetId: null, label: "", kinds: [...askedKinds], isActive: true, expiresAt: null, maximumOpen: usualOpen }));
  const form = useApiForm<NewDraft>({
    initial,
    check: (draft) => ({ ...(draft.siteId ? {} : { siteId: text("admin.needed") }), ...check(draft) }),
    submit: async ({ siteId, assetId, label, kinds, expiresAt, maximumOpen }) => {
      const link = await createLink({ ...(assetId ? { assetId } : { siteId }), label: label.trim(), kinds, maximumOpen, ...(expiresAt ? { expiresAt } : {}) });
      form.reset(initial);
      close();
      made(link);
    },
  });
  const find = useAssetSearch(form.values.siteId);
  const asset = useAsset(form.values.assetId);
  return (
    <FormDialog title={text("orders.request.link_new")} form={form} confirm={text("orders.request.link_create")} close={close}>
      <Select
        label={text("orders.site")} placeholder={text("orders.request.site_choose")} options={[...sites.values()].map(({ id, name }) => ({ value: id, label: name }))} {...form.field("siteId")}
        onChange={(siteId) => form.set({ siteId, assetId: null })}
      />
      <Combobox label={text("orders.asset")} hint={text("orders.request.asset_hint")} required={false} options={find} valueLabel={asset ? `${asset.code} – ${asset.name}` : undefined} {...form.field("assetId")} />
      <LinkFields form={form} zone={zoneOf(form.values.siteId)} />
    </FormDialog>
  );
}

/** What people can ask for at a sign, and whether they can. */
export function EditLink({ link, changed, close }: { link: RequestLink; changed: () => void; close: () => void }) {
  const text = useText();
  const check = useLinkCheck();
  const { zone } = useLocalization();
  const [base, setBase] = useState(link);
  const [initial] = useState(() => draftOf(link));
  const form = useApiForm<LinkDraft>({
    initial,
    check,
    submit: async (draft) => {
      const body = changesOf(draftOf(base), draft);
      try {
        if (Object.keys(body).length > 0) await changeLink(base, body);
      } catch (error) {
        // Whoever confirms once more changes what is there now.
        if (Problem.from(error).code === "stale_version") setBase(await readLink(link));
        throw error;
      }
      changed();
      form.reset(draft);
      close();
      toast({ tone: "success", text: text("admin.saved") });
    },
  });
  return (
    <FormDialog title={text("orders.request.link_change")} form={form} confirm={text("orders.save")} close={close}>
      <LinkFields form={form} zone={zone} />
      <Checkbox label={text("orders.request.link_active")} hint={text("orders.request.link_active_hint")} {...form.field("isActive")} />
    </FormDialog>
  );
}
