import { useData } from "../../shared/data";
import { useText } from "../../shared/localization";
import { useUser } from "../../shared/session/session";
import { Select, TextArea, TextField, toast } from "../../shared/ui";
import { readIfStale } from "../administration/readIfStale";
import { useApiForm } from "../administration/useApiForm";
import { isImage } from "../files/attachment";
import { FormDialog } from "../pages/assets/FormDialog";
import { lock, release, verify, type Isolation, type Permit } from "../permits/permits";

interface DialogProps { permit: Permit; point: Isolation; read: () => void; close: () => void }

const after = { lock: "locked", verify: "verified", release: "released" } as const;

/** The same end for all of them: read, closed, said. */
function useDone({ point, read, close }: DialogProps, act: "lock" | "verify" | "release"): { title: string; done: () => void } {
  const text = useText();
  const title = text("orders.isolation.of", { move: text(`orders.isolation.${act}`), place: point.place });
  return { title, done: () => { read(); close(); toast({ tone: "success", text: text("orders.isolation.now", { place: point.place, state: text(`orders.isolation.state.${after[act]}`) }) }); } };
}

export function LockDialog(props: DialogProps) {
  const { permit, point, read, close } = props;
  const text = useText();
  const { title, done } = useDone(props, "lock");
  const { data } = useData("GET /api/v1/workorders/{id}/attachments", { path: { id: permit.workOrderId } });
  const photos = (data?.items ?? []).filter((file) => file.state === "available" && isImage(file));
  const form = useApiForm({
    initial: { lockNumber: "", tag: "", photoId: "" },
    check: ({ lockNumber }) => (lockNumber.trim() ? {} : { lockNumber: text("rules.required") }),
    submit: async ({ lockNumber, tag, photoId }) => {
      await readIfStale(lock(permit, point, { lockNumber: lockNumber.trim(), ...(tag.trim() ? { tag: tag.trim() } : {}), ...(photoId ? { photoId } : {}) }), read);
      done();
    },
  });
  return (
    <FormDialog title={title} form={form} confirm={text("orders.isolation.lock")} size="small" close={close}>
      <TextField label={text("orders.isolation.number")} required maxLength={64} {...form.field("lockNumber")} />
      <TextField label={text("orders.isolation.tag")} required={false} maxLength={64} {...form.field("tag")} />
      <Select label={text("orders.isolation.photo")} required={false} hint={text("orders.isolation.photo_hint")} placeholder={text("orders.isolation.no_photo")} {...form.field("photoId")} options={photos.map(({ id, name }) => ({ value: id, label: name }))} />
    </FormDialog>
  );
}

export function VerifyDialog(props: DialogProps) {
  const { permit, point, read, close } = props;
  const text = useText();
  const { title, done } = useDone(props, "verify");
  const form = useApiForm({
    initial: { measurement: "" },
    check: ({ measurement }) => (measurement.trim() ? {} : { measurement: text("rules.required") }),
    submit: async ({ measurement }) => {
      await readIfStale(verify(permit, point, { measurement: measurement.trim() }), read);
      done();
    },
  });
  return (
    <FormDialog title={title} form={form} confirm={text("orders.isolation.verify")} size="small" close={close}>
      <TextField label={text("orders.isolation.measurement")} required maxLength={200} {...form.field("measurement")} />
    </FormDialog>
  );
}

/** Somebody else than its owner says why. */
export function ReleaseDialog(props: DialogProps) {
  const { permit, point, read, close } = props;
  const text = useText();
  const { title, done } = useDone(props, "release");
  const isOwn = useUser().id === point.lockedBy;
  const form = useApiForm({
    initial: { reason: "" },
    check: ({ reason }) => (isOwn || reason.trim() ? {} : { reason: text("rules.required") }),
    submit: async ({ reason }) => {
      await readIfStale(release(permit, point, reason.trim() ? { reason: reason.trim() } : {}), read);
      done();
    },
  });
  return (
    <FormDialog title={title} form={form} confirm={text("orders.isolation.release")} size="small" focus={[".ui-dialog-actions .ui-button"]} close={close}>
      <p><bdi>{point.lockNumber}</bdi></p>
      {!isOwn && <TextArea label={text("orders.permit.reason")} required maxLength={2000} {...form.field("reason")} />}
    </FormDialog>
  );
}
