import { chooseLanguage, languageNames, type Language, useLocalization, useText } from "../../../shared/localization";
import { Card, SegmentedControl, Select } from "../../../shared/ui";
import { chooseTheme, theme, type Theme } from "../../shell/theme";

const themes: Theme[] = ["system", "light", "dark"];

/** Language and colours, kept in this browser. */
export function Appearance() {
  const text = useText();
  const { language } = useLocalization();
  const chosen = theme.use();
  return (
    <Card title={text("admin.me.appearance")}>
      <div className="stack">
        <Select
          label={text("admin.me.language")} value={language} options={languageNames.map((one) => ({ value: one.language, label: one.name }))}
          onChange={(next: Language) => void chooseLanguage(next)}
        />
        <div className="row"><SegmentedControl label={text("admin.me.theme")} value={chosen} options={themes.map((value) => ({ value, label: text(`admin.me.theme.${value}`) }))} onChange={chooseTheme} /></div>
        <p className="muted">{text("admin.me.browser")}</p>
      </div>
    </Card>
  );
}
