import { useText } from "../shared/localization";
import { Banner, Select } from "../shared/ui";
import { mostSites, usePortfolios, useSites, type Scope } from "./places";

interface ScopeSelectProps {
  label: string;
  /** The words for all sites. */
  all: string;
  scope: Pick<Scope, "site" | "portfolio">;
  choose: (scope: { site: string; portfolio: string }) => void;
}

const mark = "portfolio:";

/** All sites, a portfolio, or one site. */
export function ScopeSelect({ label, all, scope, choose }: ScopeSelectProps) {
  const text = useText();
  const sites = [...useSites().values()];
  const known = usePortfolios();
  // One that the URL names is shown, also if no site has it any more.
  const portfolios = scope.portfolio === "" || known.includes(scope.portfolio) ? known : [scope.portfolio, ...known];
  const isGrouped = portfolios.length > 0;
  return (
    <Select
      hideLabel label={label} placeholder={all} value={scope.site !== "" || scope.portfolio === "" ? scope.site : mark + scope.portfolio}
      options={[
        ...portfolios.map((name) => ({ value: mark + name, label: name, group: text("plant.portfolios") })),
        ...sites.map(({ id, name }) => ({ value: id, label: name, ...(isGrouped ? { group: text("plant.sites") } : {}) })),
      ]}
      onChange={(value) => choose(value.startsWith(mark) ? { site: "", portfolio: value.slice(mark.length) } : { site: value, portfolio: "" })}
    />
  );
}

/** Why nothing is shown of a portfolio. */
export function ScopeNote({ scope: { portfolio, refusal } }: { scope: Scope }) {
  const text = useText();
  return refusal && <Banner tone="warning">{text(`plant.portfolio.${refusal}`, { name: portfolio, most: mostSites })}</Banner>;
}
