import { Problem } from "../../shared/api/Problem";
import { problemText } from "../../shared/api/problemText";
import { change, type Input } from "../../shared/data";
import { chooseLanguage, personalize, text, type Language } from "../../shared/localization";
import { session } from "../../shared/session/session";
import { toast } from "../../shared/ui";

type Choice = Input<"PATCH /api/v1/auth/me">["body"];

const signedIn = () => {
  const state = session.state.get();
  return state.phase === "signed_in" ? state.user : null;
};

/** Shows the language, the times and the units of whoever signs in, now and when their profile changes. */
export async function followProfile(): Promise<void> {
  let shown = "";
  const follow = async () => {
    const user = signedIn();
    const wanted = JSON.stringify([user?.language, user?.timeZone, user?.units]);
    if (!user || wanted === shown) return;
    shown = wanted;
    await personalize(user);
  };
  session.state.watch(() => void follow());
  await follow();
}

/** Speaks another language at once, and from then on wherever the person signs in. */
export async function speak(language: Language): Promise<void> {
  await chooseLanguage(language);
  await keep({ language });
}

/** Keeps a choice in the person's profile. */
export async function keep(choice: Choice): Promise<void> {
  try {
    await send(choice);
  } catch (error) {
    toast({ tone: "danger", text: text("app.not_kept", { why: problemText(Problem.from(error)) }) });
  }
}

async function send(choice: Choice): Promise<void> {
  const once = () => change("PATCH /api/v1/auth/me", { body: choice }, { version: signedIn()?.version ?? 0, also: ["users"] });
  try {
    await once();
  } catch (error) {
    // Somebody has changed other things of the profile: what the person chooses for themselves is theirs alone.
    if (Problem.from(error).code !== "stale_version") throw error;
    await session.load();
    await once();
  }
  await session.load();
}
