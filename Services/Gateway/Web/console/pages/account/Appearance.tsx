import { browserZone, languageNames, type Language, useLocalization, useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import type { Units } from "../../../shared/localization/units";
import { useUser } from "../../../shared/session/session";
import { Card, Combobox, SegmentedControl, Select, Switch } from "../../../shared/ui";
import { zoneOptions } from "../../administration/choices";
import { keep, speak } from "../../shell/profile";
import { letterKeys, switchLetterKeys } from "../../useKeys";
import { chooseTheme, theme, type Theme } from "../../shell/theme";

const unitSystems: Units[] = ["metric", "us"];
const themes: Theme[] = ["system", "light", "dark"];
const nameOf = (zone: string): string => zone.replace(/_/g, " ");

/** Language, time zone and units, which are the person's wherever they sign in, and colours, which this browser keeps. */
export function Appearance() {
  const text = useText();
  const format = useFormat();
  const user = useUser();
  const { language, zone } = useLocalization();
  const chosen = theme.use();
  const takesLetters = letterKeys.use();
  return (
    <Card title={text("admin.me.appearance")}>
      <div className="stack">
        <Select
          label={text("admin.me.language")} value={language} options={languageNames.map((one) => ({ value: one.language, label: one.name }))}
          onChange={(next: Language) => void speak(next)}
        />
        <Combobox
          label={text("admin.tenant.timeZone")} value={user.timeZone ?? null} valueLabel={user.timeZone ? nameOf(user.timeZone) : undefined} options={zoneOptions()}
          placeholder={text("admin.me.zoneOfBrowser", { zone: nameOf(browserZone) })} required={false}
          hint={text("admin.me.zoneHint", { time: format.time(Date.now(), zone) })} onChange={(timeZone) => void keep({ timeZone })}
        />
        <Select
          label={text("admin.me.units")} value={user.units ?? "metric"} options={unitSystems.map((value) => ({ value, label: text(`admin.me.units.${value}`) }))}
          hint={text("admin.me.unitsHint")} onChange={(units: Units) => void keep({ units })}
        />
        <div className="row"><SegmentedControl label={text("admin.me.theme")} value={chosen} options={themes.map((value) => ({ value, label: text(`admin.me.theme.${value}`) }))} onChange={chooseTheme} /></div>
        <div><Switch label={text("admin.me.letters")} value={takesLetters} onChange={switchLetterKeys} /></div>
        <p className="muted">{text("admin.me.lettersText")}</p>
        <p className="muted">{text("admin.me.browser")}</p>
      </div>
    </Card>
  );
}
