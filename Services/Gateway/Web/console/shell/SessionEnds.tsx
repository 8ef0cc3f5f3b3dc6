import { useEffect, useState } from "react";
import { Problem } from "../../shared/api/Problem";
import { problemText } from "../../shared/api/problemText";
import { useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";
import { canBePutOff, secondsLeft } from "../../shared/session/ending";
import { session, type Ends } from "../../shared/session/session";
import { Banner, Button, Dialog } from "../../shared/ui";
import { signInBeside } from "./SignInAgain";

/** The seconds that are left when somebody who does not see the page is told. */
const told = [120, 60, 30, 10];

/** The session ends soon: whoever is there can stay, and nothing that they have typed is lost (WCAG 2.2.1). */
export function SessionEnds() {
  const state = session.state.use();
  const ends = session.ends.use();
  const seconds = secondsLeft.use();
  // An end that can't be put off has been read and put aside.
  const [known, setKnown] = useState<Ends | null>(null);
  if (ends === null || seconds === null || known === ends || state.phase !== "signed_in" || state.askedFor === "session_ended") return null;
  return <EndDialog canStay={canBePutOff(ends)} seconds={seconds} leave={() => setKnown(ends)} />;
}

function EndDialog({ canStay, seconds, leave }: { canStay: boolean; seconds: number; leave: () => void }) {
  const text = useText();
  const format = useFormat();
  const [busy, setBusy] = useState<"stay" | "leave" | null>(null);
  const [problem, setProblem] = useState<string>();
  const act = async (what: "stay" | "leave") => {
    setBusy(what);
    setProblem(undefined);
    try {
      await (what === "stay" ? session.stay() : session.signOut());
    } catch (error) {
      setProblem(problemText(Problem.from(error)));
    }
    setBusy(null);
  };
  const step = told.filter((one) => seconds <= one).pop() ?? seconds;
  const unit = step % 60 === 0 ? "minute" : "second";
  const words = format.number(unit === "minute" ? step / 60 : step, { style: "unit", unit, unitDisplay: "long" });
  return (
    <Dialog
      title={text("app.ending.title")}
      size="small"
      // Whoever takes the dialog away is there.
      close={() => (canStay ? void act("stay") : leave())}
      actions={
        <>
          <Button icon="logout" busy={busy === "leave"} onClick={() => void act("leave")}>{text("app.sign_out")}</Button>
          {canStay
            ? <Button kind="primary" busy={busy === "stay"} onClick={() => void act("stay")}>{text("app.ending.stay")}</Button>
            : <Button kind="primary" icon="key" onClick={() => signInBeside()}>{text("app.sign_in_again")}</Button>}
        </>
      }
    >
      <div className="stack-tight">
        {problem && <Banner tone="danger">{problem}</Banner>}
        <p>{text(canStay ? "app.ending.idle" : "app.ending.final")}</p>
        <p role="timer">{text("app.ending.left", { time: clock(seconds) })}</p>
        <Spoken words={text("app.ending.left", { time: words })} />
      </div>
    </Dialog>
  );
}

/** What is said when it changes. What is there when a dialog opens is not said. */
function Spoken({ words }: { words: string }) {
  const [said, setSaid] = useState("");
  useEffect(() => setSaid(words), [words]);
  return <span className="visually-hidden" role="status">{said}</span>;
}

const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
