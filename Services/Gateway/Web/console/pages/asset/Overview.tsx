import type { AssetResponse } from "generated/api";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { Link } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Badge, Card, KeyValue, Status } from "../../../shared/ui";
import { iconOf } from "../assets/TreeRow";
import { Icon } from "../../../shared/ui";
import { useTypeName } from "../../types";
import { Label } from "./Label";
import { LastValues } from "./LastValues";
import { OpenWork } from "./OpenWork";
import { Prediction } from "./Prediction";

interface OverviewProps {
  asset: AssetResponse;
  parents: readonly AssetResponse[];
  below: readonly AssetResponse[];
  siteName: string;
  zone: string | undefined;
}

/** What one wants to know of an asset at a glance. */
export function Overview({ asset, parents, below, siteName, zone }: OverviewProps) {
  const text = useText();
  const format = useFormat();
  const may = useMay();
  const typeName = useTypeName();
  return (
    <div className="plant-columns">
      <div className="stack">
        {may("telemetry:read") && <LastValues assetId={asset.id} zone={zone} />}
        <OpenWork assetId={asset.id} zone={zone} />
      </div>
      <div className="stack">
        <Card title={text("plant.facts")}>
          <KeyValue
            entries={[
              { label: text("plant.state"), value: <Status kind="asset" value={asset.status} /> },
              { label: text("plant.type"), value: typeName(asset.type) },
              { label: text("plant.code"), value: <code>{asset.siteCode}/{asset.code}</code> },
              { label: text("plant.rated_power"), value: asset.ratedPowerKW == null ? null : format.measured(asset.ratedPowerKW, "kW") },
              { label: text("plant.site"), value: <Link to={`/sites/${asset.siteId}`}>{siteName}</Link> },
              { label: text("plant.above"), value: parents.length === 0 ? null : <span className="row">{parents.map((one) => <Link key={one.id} to={`/assets/${one.id}`}>{one.name}</Link>)}</span> },
              { label: text("plant.keywords"), value: asset.tags.length === 0 ? undefined : <span className="row">{asset.tags.map((tag) => <Badge key={tag}>{tag}</Badge>)}</span> },
            ]}
          />
        </Card>
        {below.length > 0 && (
          <Card title={text("plant.below")}>
            <ul className="plant-links">
              {below.slice(0, 30).map((one) => (
                <li key={one.id} className="row-apart">
                  <Link to={`/assets/${one.id}`} className="row"><Icon name={iconOf(one.type)} /><span>{one.name}</span></Link>
                  <Status kind="asset" value={one.status} />
                </li>
              ))}
            </ul>
            {below.length > 30 && <p><Link to={`/assets?site=${asset.siteId}`}>{text("plant.all_below", { count: below.length })}</Link></p>}
          </Card>
        )}
        {may("prediction:read") && <Prediction assetId={asset.id} />}
        <Label asset={asset} siteName={siteName} />
      </div>
    </div>
  );
}
