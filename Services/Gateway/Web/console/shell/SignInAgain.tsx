import { useEffect } from "react";
import { useText } from "../../shared/localization";
import { loginURL, session } from "../../shared/session/session";
import { Button, Dialog } from "../../shared/ui";

/** The page that a login in a window of its own ends at. */
export const signedInPath = "/signed-in";
const channelName = "dcmms.session";

/** Tells the pages that are open, and closes the window that the person signed in with. */
export function announceSignIn(): void {
  new BroadcastChannel(channelName).postMessage("signed_in");
  window.close();
}

/** The session has ended, or something asks who the person is: they sign in beside the page, which keeps all that they have typed. */
export function SignInAgain() {
  const text = useText();
  const state = session.state.use();
  const reason = state.phase === "signed_in" ? state.askedFor : null;
  useEffect(() => {
    const channel = new BroadcastChannel(channelName);
    channel.onmessage = () => void session.load().catch(() => undefined);
    return () => channel.close();
  }, []);
  if (reason === null) return null;
  const isStepUp = reason === "step_up_required";
  const signIn = () => window.open(loginURL(signedInPath, isStepUp), "dcmms-sign-in", "popup,width=480,height=720");
  return (
    <Dialog
      title={text(isStepUp ? "app.prove.title" : "app.expired.title")}
      close={() => session.dismiss()}
      actions={<Button kind="primary" icon="key" onClick={signIn}>{text("app.sign_in_again")}</Button>}
    >
      <p>{text(isStepUp ? "app.prove.text" : "app.expired.text")}</p>
    </Dialog>
  );
}
