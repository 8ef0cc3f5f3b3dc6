import { explainField } from "../../shared/api/explain";
import { useData } from "../../shared/data";
import { useText } from "../../shared/localization";
import { classes, Icon } from "../../shared/ui";
import type { WorkOrder } from "./orders";

interface CandidatesProps { order: WorkOrder; chosen: string | null; choose: (person: string) => void }

/** Who could do the work, those first against whom nothing speaks; of the others, why. A help beside the choice: without it, people are found by their names. */
export function Candidates({ order, chosen, choose }: CandidatesProps) {
  const text = useText();
  const { data } = useData("GET /api/v1/workorders/{id}/candidates", { path: { id: order.id } });
  if (!data || data.items.length === 0) return null;
  return (
    <div className="stack-tight">
      <h3>{text("orders.assign.candidates")}</h3>
      <ul className="candidates" aria-label={text("orders.assign.candidates")}>
        {data.items.map(({ userId, name, isEligible, reasons }) => (
          <li key={userId}>
            <button type="button" className="candidate" aria-pressed={userId === chosen} onClick={() => choose(userId)}>
              <bdi>{name}</bdi>
              {reasons.length === 0 && <span className="candidate-why"><Icon name="check" size={12} />{text("orders.assign.fits")}</span>}
              {reasons.map((reason) => (
                <span key={reason.code + JSON.stringify(reason.parameters)} className={classes("candidate-why", reason.forbids && "candidate-forbidden")}>
                  <Icon name={isEligible || !reason.forbids ? "info" : "alert"} size={12} />{explainField(reason)}
                </span>
              ))}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
