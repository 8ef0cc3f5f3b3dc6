import { useEffect } from "react";
import { problemText } from "../../../shared/api/problemText";
import { useData } from "../../../shared/data";
import { isolated, useText } from "../../../shared/localization";
import { Link, usePathValue } from "../../../shared/router";
import { useMay } from "../../../shared/session/session";
import { Button, ErrorState, Progress } from "../../../shared/ui";
import { usePeople } from "../../people";
import type { Permit } from "../../permits/permits";
import { usePaper, usePrintWhen } from "../../print/paper";
import { Paper } from "./Paper";

/** A permit on paper, as it hangs at the place of the work. */
export default function PermitPrintPage() {
  const id = usePathValue("id");
  const { data, problem, retry } = useData("GET /api/v1/permits/{id}", { path: { id } });
  if (data) return <Shown permit={data} />;
  if (problem) return <ErrorState problem={{ message: problemText(problem), requestId: problem.requestId }} retry={retry} />;
  return <Loading />;
}

function Loading() {
  return <div aria-busy="true"><Progress label={useText()("orders.print.loading")} /></div>;
}

function Shown({ permit }: { permit: Permit }) {
  const text = useText();
  const may = useMay();
  const people = usePeople();
  const tenant = useData("GET /api/v1/tenant", {});
  const asset = useData("GET /api/v1/assets/{id}", may("asset:read") ? { path: { id: permit.assetId } } : null);
  const site = useData("GET /api/v1/sites/{id}", may("site:read") ? { path: { id: permit.siteId } } : null);
  // A name that can't be read is left out.
  const named = [tenant, ...(may("asset:read") ? [asset] : []), ...(may("site:read") ? [site] : [])];
  const isReady = named.every(({ data, problem }) => data !== undefined || problem !== undefined) && people.isWhole;
  useEffect(() => void (document.title = `${permit.number} ${permit.title} – dCMMS`), [permit.number, permit.title]);
  usePaper([tenant.data?.name, permit.number, permit.title].flatMap((one) => one ?? []).map((one) => isolated(one)).join(" · "));
  usePrintWhen(isReady);
  return (
    <>
      <div className="print-bar">
        <Link to={`/permits/${permit.id}`}>{text("orders.permit.print_back")}</Link>
        <Button kind="primary" icon="download" disabledReason={isReady ? undefined : text("orders.print.loading")} onClick={() => print()}>{text("orders.print.print")}</Button>
      </div>
      {isReady ? <Paper permit={permit} organization={tenant.data?.name} asset={asset.data} site={site.data} /> : <Loading />}
    </>
  );
}
