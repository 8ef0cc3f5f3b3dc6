import { useState } from "react";
import { languageNames, useLocalization, useText } from "../../shared/localization";
import { navigate } from "../../shared/router";
import { session, useUser } from "../../shared/session/session";
import { Menu, toast, type MenuEntry } from "../../shared/ui";
import { problemText } from "../../shared/api/problemText";
import { Problem } from "../../shared/api/Problem";
import { speak } from "./profile";
import { chooseTheme, theme, themes } from "./theme";

/** What belongs to the person: their account, language, colours, and the way out. */
export function PersonMenu() {
  const text = useText();
  const user = useUser();
  const { language } = useLocalization();
  const chosen = theme.use();
  const [isLeaving, setIsLeaving] = useState(false);
  const signOut = async () => {
    setIsLeaving(true);
    try {
      await session.signOut();
    } catch (error) {
      setIsLeaving(false);
      toast({ tone: "danger", text: problemText(Problem.from(error)) });
    }
  };
  const items: MenuEntry[] = [
    { key: "account", label: text("pages.account"), icon: "user", run: () => navigate("/me") },
    "line",
    ...themes.map((one) => ({
      key: one,
      label: text(`app.theme.${one}`),
      checked: one === chosen,
      stays: true,
      run: () => chooseTheme(one),
    })),
    "line",
    ...languageNames.map(({ language: one, name }) => ({
      key: one,
      label: name,
      checked: one === language,
      run: () => void speak(one),
    })),
    "line",
    { key: "out", label: text("app.sign_out"), icon: "logout", run: () => void signOut() },
  ];
  return <Menu label={isLeaving ? text("app.signing_out") : user.displayName} icon="user" items={items} words />;
}
