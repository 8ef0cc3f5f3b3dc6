import { useEffect, useRef, useState } from "react";
import { explain, explainField } from "../shared/api/explain";
import { useText } from "../shared/localization";
import { Button } from "../shared/ui/Button";
import { RadioGroup } from "../shared/ui/Checkbox";
import { IconButton } from "../shared/ui/IconButton";
import { TextArea, TextField } from "../shared/ui/TextField";
import { Form, useForm } from "../shared/ui/useForm";
import { ask, keepDraft, keptDraft, smaller, takesPhotos, type Draft, type Kind, type Place } from "./public";
import { useUploads } from "./uploads";

interface AskFormProps { token: string; place: Place; asked: (receipt: string) => void }

/** What is wrong, where, and how to reach whoever says so, if they want to be reached. */
export function AskForm({ token, place, asked }: AskFormProps) {
  const text = useText();
  const [initial] = useState<Draft>(() => keptDraft(token));
  const [photos, setPhotos] = useState<Blob[]>([]);
  const uploads = useUploads();
  const form = useForm<Draft>({
    initial, explain, explainField,
    check: ({ kind, description }) => ({ ...(kind ? {} : { kind: text("ask.kind_missing") }), ...(description.trim() ? {} : { description: text("ask.description_missing") }) }),
    submit: async (draft) => {
      const { receipt } = await ask(token, { ...draft, kind: draft.kind as Kind });
      keepDraft(token, null);
      // The request is there, whatever becomes of its pictures.
      uploads.begin({ token, receipt }, photos);
      form.reset(initial);
      asked(receipt);
    },
  });
  useEffect(() => { if (form.isDirty) keepDraft(token, form.values); }, [token, form.values, form.isDirty]);
  return (
    <>
      <div>
        <h1>{text("ask.title")}</h1>
        <p className="ask-place"><strong dir="auto">{place.label}</strong></p>
      </div>
      <Form form={form} label={text("ask.title")}>
        <RadioGroup<Kind | ""> label={text("ask.kind")} options={place.kinds.map((value) => ({ value, label: text(`ask.kind.${value}`) }))} required {...form.field("kind")} />
        <TextArea label={text("ask.description")} hint={text("ask.description_hint")} rows={5} maxLength={4000} required {...form.field("description")} />
        {takesPhotos() && <Photos photos={photos} most={place.maximumPhotos} size={place.maximumPhotoSize} change={setPhotos} />}
        <TextField label={text("ask.name")} required={false} maxLength={120} {...form.field("name")} />
        <TextField label={text("ask.contact")} hint={text("ask.contact_hint")} required={false} maxLength={200} {...form.field("contact")} />
        <Button kind="primary" size="large" type="submit" busy={form.busy}>{text("ask.send")}</Button>
      </Form>
    </>
  );
}

function Photos({ photos, most, size, change }: { photos: readonly Blob[]; most: number; size: number; change: (photos: Blob[]) => void }) {
  const text = useText();
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [isTooLarge, setTooLarge] = useState(false);
  const add = async (list: FileList | null) => {
    setBusy(true);
    const made = await Promise.all([...(list ?? [])].slice(0, most - photos.length).map((file) => smaller(file, size)));
    const fit = made.filter((one) => one.size <= size);
    setTooLarge(fit.length < made.length);
    change([...photos, ...fit]);
    setBusy(false);
    if (input.current) input.current.value = "";
  };
  return (
    <div className="stack-tight" role="group" aria-label={text("ask.photos")}>
      <input ref={input} type="file" accept="image/*" capture="environment" hidden onChange={(event) => void add(event.target.files)} />
      {photos.length > 0 && (
        <ul className="ask-photos">
          {photos.map((photo, index) => <Photo key={index} photo={photo} number={index + 1} remove={() => change(photos.filter((one) => one !== photo))} />)}
        </ul>
      )}
      {photos.length < most && <div><Button icon="image" busy={busy} onClick={() => input.current?.click()}>{text("ask.photo_add")}</Button></div>}
      <div className="ui-field-hint" role="status">{isTooLarge ? text("ask.photo_too_large") : text("ask.photo_hint", { count: most })}</div>
    </div>
  );
}

function Photo({ photo, number, remove }: { photo: Blob; number: number; remove: () => void }) {
  const text = useText();
  const [url, setURL] = useState("");
  useEffect(() => {
    const made = URL.createObjectURL(photo);
    setURL(made);
    return () => URL.revokeObjectURL(made);
  }, [photo]);
  return <li className="ask-photo">{url && <img src={url} alt={text("ask.photo", { number })} />}<IconButton icon="close" label={text("ask.photo_remove", { number })} onClick={remove} /></li>;
}
