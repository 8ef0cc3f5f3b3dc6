import { useId, type ReactNode } from "react";
import { classes } from "../../shared/ui";

/** A part of the paper with its heading. `whole`: it is not torn apart by the end of a sheet. */
export function Section({ title, whole = false, children }: { title: string; whole?: boolean; children: ReactNode }) {
  const id = useId();
  return (
    <section className={classes("print-section", whole && "print-whole")} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

/** Where somebody writes by hand. */
export const Line = ({ isLong = false }: { isLong?: boolean }) => <span className={classes("print-line", isLong && "print-line-long")} aria-hidden="true" />;

/** What somebody ticks by hand, or has ticked already. */
export const Box = ({ isTicked = false, children }: { isTicked?: boolean; children: ReactNode }) => <span className="print-choice"><span className="print-box" aria-hidden="true">{isTicked && "✓"}</span><span dir="auto">{children}</span></span>;
