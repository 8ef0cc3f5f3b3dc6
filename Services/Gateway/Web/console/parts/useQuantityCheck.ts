import { useText } from "../../shared/localization";
import { unreadable } from "../../shared/ui";

/** Whether a decimal was typed, for a form that needs one. How many there can be is the server's to say. */
export function useQuantityCheck(): <Name extends string>(name: Name, value: string) => Partial<Record<Name, string>> {
  const text = useText();
  return <Name extends string>(name: Name, value: string) => {
    const words = value === unreadable ? text("ui.field.notNumber") : value === "" ? text("rules.required") : undefined;
    return (words === undefined ? {} : { [name]: words }) as Partial<Record<Name, string>>;
  };
}
