import { useData } from "../../shared/data";
import { useText } from "../../shared/localization";
import { Link } from "../../shared/router";
import { useMay } from "../../shared/session/session";

/** The version of a template that a work order was made from, by the name that it had. */
export function TemplateName({ id, version }: { id: string; version: number }) {
  const text = useText();
  const may = useMay()("procedure:read");
  const { data } = useData("GET /api/v1/workorders/templates/{id}/versions/{version}", may ? { path: { id, version } } : null);
  if (!may || !data) return <>{text("orders.template.version", { version })}</>;
  return <Link to={`/templates/${id}?version=${version}`}>{text("orders.template.of", { name: data.name, version })}</Link>;
}
