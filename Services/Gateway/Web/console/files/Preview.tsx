import { useState, type KeyboardEvent } from "react";
import { useText } from "../../shared/localization";
import { Button, Dialog, EmptyState } from "../../shared/ui";
import { arrow } from "../../shared/ui/keys";
import { contentURL, largeThumbnailURL, type Attachment } from "./attachment";

/** A picture as large as the window lets it be; arrows lead to the next one. */
export function Preview({ pictures, first, close }: { pictures: readonly Attachment[]; first: Attachment; close: () => void }) {
  const text = useText();
  const [id, setId] = useState(first.id);
  const at = Math.max(0, pictures.findIndex((one) => one.id === id));
  const picture = pictures[at] ?? first;
  const go = (by: 1 | -1) => setId(pictures[(at + by + pictures.length) % pictures.length]?.id ?? id);
  const keyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const direction = arrow(event.key, event.currentTarget);
    if (!direction || pictures.length < 2) return;
    event.preventDefault();
    go(direction === "next" ? 1 : -1);
  };
  return (
    <Dialog
      title={picture.name} size="large" close={close} focus={[".file-preview"]}
      actions={
        <>
          {pictures.length > 1 && <span className="muted">{text("orders.file.place", { place: at + 1, all: pictures.length })}</span>}
          {pictures.length > 1 && <Button icon="chevron-start" onClick={() => go(-1)}>{text("orders.file.before")}</Button>}
          {pictures.length > 1 && <Button icon="chevron-end" onClick={() => go(1)}>{text("orders.file.next")}</Button>}
          <a className="ui-button ui-button-secondary ui-button-medium" href={contentURL(picture)} download={picture.name}>{text("orders.file.download")}</a>
        </>
      }
    >
      <div className="file-preview" tabIndex={0} role="group" aria-label={picture.name} onKeyDown={keyDown}><Picture key={picture.id} file={picture} /></div>
    </Dialog>
  );
}

/** Not every browser shows every kind of picture, HEIC is for few: then its thumbnail is better than nothing. */
function Picture({ file }: { file: Attachment }) {
  const text = useText();
  const [broken, setBroken] = useState(0);
  const address = [contentURL(file), largeThumbnailURL(file)][broken];
  if (!address) return <EmptyState title={text("orders.file.not_shown")} icon="image">{text("orders.file.not_shown_hint")}</EmptyState>;
  return <img key={address} src={address} alt={file.name} onError={() => setBroken(broken + 1)} />;
}
