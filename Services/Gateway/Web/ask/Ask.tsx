import { useEffect, useState } from "react";
import { Problem } from "../shared/api/Problem";
import { problemText } from "../shared/api/problemText";
import { chooseLanguage, languageNames, useLocalization, useText } from "../shared/localization";
import { Banner } from "../shared/ui/Banner";
import { Button } from "../shared/ui/Button";
import { Spinner } from "../shared/ui/Spinner";
import { addressOf, hashOf, readPlace, type Address, type Place } from "./public";
import { AskForm } from "./AskForm";
import { Receipt } from "./Receipt";

/** The whole page: the form, or the receipt. */
export function Ask() {
  const text = useText();
  const [address, setAddress] = useState<Address>(() => addressOf(location.hash));
  useEffect(() => {
    const changed = () => setAddress(addressOf(location.hash));
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  useEffect(() => void (document.title = `${text("ask.title")} – dCMMS`), [text]);
  const { token, receipt } = address;
  const go = (to: Address) => {
    history.replaceState(null, "", hashOf(to));
    setAddress(to);
    scrollTo(0, 0);
  };
  return (
    <div className="ask">
      <main className="ask-more">
        {receipt ? <Receipt key={receipt} at={{ token, receipt }} again={() => go({ token, receipt: null })} /> : <AtPlace key={token} token={token} asked={(given) => go({ token, receipt: given })} />}
      </main>
      <Languages />
    </div>
  );
}

function AtPlace({ token, asked }: { token: string; asked: (receipt: string) => void }) {
  const text = useText();
  const [place, setPlace] = useState<Place>();
  const [problem, setProblem] = useState<Problem>();
  const read = () => {
    setProblem(undefined);
    readPlace(token).then(setPlace, (error: unknown) => setProblem(Problem.from(error)));
  };
  useEffect(read, [token]);
  if (place) return <AskForm token={token} place={place} asked={asked} />;
  return (
    <>
      <h1>{text("ask.title")}</h1>
      {!problem ? <div className="ask-wait"><Spinner label={text("ui.loading")} /></div>
        // Which of the reasons it is, nobody is told.
        : problem.status === 404 || problem.status === 400 ? <Banner tone="warning">{text("ask.unknown")}</Banner>
        : <Banner tone="danger" action={<Button onClick={read}>{text("ui.retry")}</Button>}>{problemText(problem)}</Banner>}
    </>
  );
}

/** The browser's language is shown first; whoever reads another one finds it by its own name. */
function Languages() {
  const text = useText();
  const { language } = useLocalization();
  return (
    <nav className="ask-foot" aria-label={text("ask.language")}>
      {languageNames.map((one) => (
        <button key={one.language} type="button" lang={one.language} aria-pressed={one.language === language} onClick={() => void chooseLanguage(one.language)}>{one.name}</button>
      ))}
    </nav>
  );
}
