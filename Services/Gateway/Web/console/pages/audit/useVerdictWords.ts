import type { AuditVerdict } from "generated/api";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";

/** What a verification has found, in sentences. */
export function useVerdictWords(): (verdict: AuditVerdict) => string[] {
  const text = useText();
  const format = useFormat();
  return ({ fault, entries, lastEntry, from, to, checkpoint }) => {
    const signed = checkpoint
      ? text("admin.proofs.confirmed", { entry: format.number(checkpoint.entries), time: format.dateTime(checkpoint.at) })
      : text("admin.proofs.unconfirmed");
    if (!fault) {
      if (!from || !to) return [text("admin.proofs.nothing")];
      return [text("admin.proofs.intact", { count: entries, from: format.dateTime(from), to: format.dateTime(to) }), signed];
    }
    const where = [fault.entry, ...(fault.lastEntry ? [fault.lastEntry] : [])].map((entry) => format.number(entry)).join("–");
    const good = Math.min(lastEntry, fault.entry - 1);
    return [text(`admin.proofs.fault.${fault.kind}`, { entries: where }), ...(good > 0 ? [text("admin.proofs.good", { entry: format.number(good) })] : []), signed];
  };
}
