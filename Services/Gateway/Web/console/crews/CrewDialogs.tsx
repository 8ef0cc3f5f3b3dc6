import { useState } from "react";
import { listed, useText } from "../../shared/localization";
import { Problem } from "../../shared/data";
import { ConfirmDialog, Select, toast, type FormState } from "../../shared/ui";
import { ConflictDialog } from "../administration/ConflictDialog";
import { readIfStale } from "../administration/readIfStale";
import { explain, useApiForm } from "../administration/useApiForm";
import { FormDialog } from "../pages/assets/FormDialog";
import { useNames } from "../people";
import { useSites } from "../places";
import { CrewFields, useCrewCheck } from "./CrewForm";
import { archiveCrew, changeCrew, createCrew, draftOf, emptyCrew, readCrew, type Crew, type CrewDraft, type Member } from "./crews";

interface DialogProps { changed: () => void; close: () => void }

interface NewDraft extends CrewDraft { siteId: string }

export function NewCrew({ site, changed, close }: DialogProps & { site: string }) {
  const text = useText();
  const sites = useSites();
  const check = useCrewCheck();
  const [initial] = useState<NewDraft>(() => ({ ...emptyCrew, siteId: site || (sites.size === 1 ? [...sites.keys()][0] ?? "" : "") }));
  const form = useApiForm<NewDraft>({
    initial,
    check: (draft) => ({ ...(draft.siteId ? {} : { siteId: text("admin.needed") }), ...check(draft) }),
    submit: async ({ siteId, ...draft }) => {
      await createCrew(siteId, draft);
      changed();
      form.reset(initial);
      close();
      toast({ tone: "success", text: text("admin.crew.created", { name: draft.name.trim() }) });
    },
  });
  return (
    <FormDialog title={text("admin.crew.new")} form={form} confirm={text("admin.crew.create")} close={close}>
      <Select label={text("orders.site")} placeholder={text("orders.request.site_choose")} options={[...sites.values()].map(({ id, name }) => ({ value: id, label: name }))} {...form.field("siteId")} />
      <CrewFields form={form as unknown as FormState<CrewDraft>} />
    </FormDialog>
  );
}

export function EditCrew({ crew, changed, close }: DialogProps & { crew: Crew }) {
  const text = useText();
  const nameOf = useNames();
  const check = useCrewCheck();
  const [initial] = useState(() => draftOf(crew));
  const [conflict, setConflict] = useState<{ theirs: Crew; yours: CrewDraft }>();
  const send = async (base: Crew, draft: CrewDraft) => {
    await changeCrew(base, draft);
    changed();
    form.reset(initial);
    close();
    toast({ tone: "success", text: text("admin.saved") });
  };
  const form = useApiForm<CrewDraft>({
    initial, check,
    submit: async (draft) => {
      try {
        await send(crew, draft);
      } catch (error) {
        if (Problem.from(error).code !== "stale_version") throw error;
        changed();
        setConflict({ theirs: await readCrew(crew), yours: draft });
      }
    },
  });
  if (conflict) {
    const { theirs, yours } = conflict;
    const labels = { code: text("admin.crew.code"), name: text("admin.crew.name"), type: text("orders.type"), description: text("orders.description"), supervisorId: text("admin.crew.supervisor"), members: text("admin.crew.members"), maxMembers: text("admin.crew.most") };
    const shown = (name: string, value: unknown) =>
      name === "members" ? listed((value as Member[]).map(({ userId }) => nameOf(userId))) : name === "supervisorId" ? value ? nameOf(String(value)) : "" : name === "type" ? text(`admin.crew.type.${value as Crew["type"]}`) : String(value ?? "");
    return <ConflictDialog<CrewDraft> base={initial} theirs={draftOf(theirs)} yours={yours} labels={labels} shown={shown} save={(values) => send(theirs, values)} close={() => setConflict(undefined)} />;
  }
  return (
    <FormDialog title={text("admin.crew.change", { name: crew.name })} form={form} confirm={text("orders.save")} close={close}>
      <CrewFields form={form} />
      <p className="muted">{text("admin.crew.change_text")}</p>
    </FormDialog>
  );
}

export function ArchiveCrew({ crew, changed, close }: DialogProps & { crew: Crew }) {
  const text = useText();
  return (
    <ConfirmDialog
      title={text("admin.crew.archive_title", { name: crew.name })} confirm={text("admin.crew.archive")} danger explain={explain} close={close}
      run={async () => {
        await readIfStale(archiveCrew(crew, true), changed);
        changed();
        toast({ tone: "success", text: text("admin.crew.archived", { name: crew.name }) });
      }}
    >
      {text("admin.crew.archive_text")}
    </ConfirmDialog>
  );
}
