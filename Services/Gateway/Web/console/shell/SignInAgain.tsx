import { useEffect } from "react";
import { useText } from "../../shared/localization";
import { loginURL, session } from "../../shared/session/session";
import { followTabs } from "../../shared/session/tabs";
import { Button, Dialog } from "../../shared/ui";

/** The page that a login in a window of its own ends at. */
export const signedInPath = "/signed-in";

/** In a window beside the page, which keeps all that was typed. */
export const signInBeside = (isFresh = false): void => void window.open(loginURL(signedInPath, isFresh), "dcmms-sign-in", "popup,width=480,height=720");

/** The session has ended, or something asks who the person is: they sign in beside the page, which keeps all that they have typed. */
export function SignInAgain() {
  const text = useText();
  const state = session.state.use();
  const reason = state.phase === "signed_in" ? state.askedFor : null;
  useEffect(followTabs, []);
  if (reason === null) return null;
  const isStepUp = reason === "step_up_required";
  return (
    <Dialog
      title={text(isStepUp ? "app.prove.title" : "app.expired.title")}
      close={() => session.dismiss()}
      actions={<Button kind="primary" icon="key" onClick={() => signInBeside(isStepUp)}>{text("app.sign_in_again")}</Button>}
    >
      <p>{text(isStepUp ? "app.prove.text" : "app.expired.text")}</p>
    </Dialog>
  );
}
