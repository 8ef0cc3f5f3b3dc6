import { useMemo } from "react";
import type { NewAnswer, TaskAnswer, TaskCheck } from "generated/api";
import { listed, useText } from "../../shared/localization";
import { useFormat } from "../../shared/localization/format";

type Asked = Pick<TaskCheck, "kind" | "passes" | "options" | "failing" | "minimum" | "maximum" | "unit" | "meter">;

export interface CheckWords {
  /** What is asked for, in one line: the meter, the unit, or its kind. */
  asked: (check: Asked) => string;
  /** What passes; `undefined` if no answer can fail. */
  demand: (check: Asked) => string | undefined;
  answer: (check: Asked, answer: TaskAnswer | NewAnswer) => string;
}

/** Checks and answers in words. What somebody has written, such as options and units, stays as it is. */
export function useCheckWords(): CheckWords {
  const text = useText();
  const format = useFormat();
  return useMemo(() => {
    const yesNo = (yes: boolean) => text(yes ? "orders.check.yes" : "orders.check.no");
    const demand = ({ kind, passes, options, failing, minimum, maximum, unit }: Asked): string | undefined => {
      if (kind === "yes_no") return typeof passes === "boolean" ? text("orders.check.passes_with", { answer: yesNo(passes) }) : undefined;
      if (kind === "choice") return failing.length > 0 ? text("orders.check.passes_with", { answer: listed(options.filter((one) => !failing.includes(one))) }) : undefined;
      if (kind !== "number") return undefined;
      const [low, high] = [minimum && format.decimal(minimum, unit), maximum && format.decimal(maximum, unit)];
      return low && high ? text("orders.check.range", { low, high }) : low ? text("orders.check.at_least", { low }) : high ? text("orders.check.at_most", { high }) : undefined;
    };
    return {
      demand,
      asked: ({ kind, meter, unit, options }) =>
        kind === "meter" ? text("orders.check.meter_of", { meter: unit ? `${meter ?? ""} (${unit})` : meter ?? "" })
        : kind === "number" && unit ? text("orders.check.number_in", { unit })
        : kind === "choice" ? text("orders.check.choice_of", { options: listed(options) })
        : text(`orders.check.kind.${kind}`),
      answer: ({ kind, unit }, { yes, choice, number, text: words }) =>
        kind === "yes_no" ? yesNo(yes === true) : kind === "photo" ? text("orders.check.a_photo") : kind === "choice" ? choice ?? "" : number ? format.decimal(number, unit) : words ?? "",
    };
  }, [text, format]);
}
