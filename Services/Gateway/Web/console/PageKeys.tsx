import { useText } from "../shared/localization";
import { Link } from "../shared/router";
import { Banner, KeyHints, type KeyGroup } from "../shared/ui";
import { letterKeys } from "./useKeys";

/** The keys of a page, and whether they are off. */
export function PageKeys({ groups, close }: { groups: readonly KeyGroup[]; close: () => void }) {
  const text = useText();
  const isOn = letterKeys.use();
  const note = <Banner tone="info" icon="keyboard" action={<Link to="/me">{text("pages.account")}</Link>}>{text("app.letters_off")}</Banner>;
  return <KeyHints groups={groups} close={close} note={isOn ? null : note} />;
}
