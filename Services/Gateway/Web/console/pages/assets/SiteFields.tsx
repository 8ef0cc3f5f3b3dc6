import { useMemo } from "react";
import { useText } from "../../../shared/localization";
import { Combobox, NumberField, TextField, type FormState } from "../../../shared/ui";
import { usePortfolios } from "../../places";

export interface SiteValues {
  name: string;
  timeZone: string | null;
  latitude: number | null;
  longitude: number | null;
  capacityMW: number | null;
  /** Empty: none. */
  portfolio: string;
}

/** As the server takes it. */
export const portfolioOf = (words: string): string | null => words.trim() || null;

const zones = (): string[] => (Intl as { supportedValuesOf?: (kind: string) => string[] }).supportedValuesOf?.("timeZone") ?? ["UTC"];

/** What a site has, whether it is new or not. */
export function SiteFields<Values extends SiteValues>({ form }: { form: FormState<Values> }) {
  const text = useText();
  const given = form as unknown as FormState<SiteValues>;
  const { timeZone } = form.values;
  const portfolios = usePortfolios();
  const options = useMemo(() => zones().map((zone) => ({ value: zone, label: zone.replace(/_/g, " ") })), []);
  return (
    <>
      <Combobox {...given.field("timeZone")} label={text("plant.time_zone")} options={options} valueLabel={timeZone?.replace(/_/g, " ")} required />
      <TextField {...given.field("portfolio")} label={text("plant.portfolio")} hint={text("plant.portfolio.hint")} maxLength={80} suggestions={portfolios} required={false} />
      <div className="ui-form-row">
        <NumberField {...given.field("latitude")} label={text("plant.latitude")} unit="°" min={-90} max={90} digits={6} required={false} />
        <NumberField {...given.field("longitude")} label={text("plant.longitude")} unit="°" min={-180} max={180} digits={6} required={false} />
        <NumberField {...given.field("capacityMW")} label={text("plant.capacity")} unit="MW" min={0} digits={3} required={false} />
      </div>
    </>
  );
}
