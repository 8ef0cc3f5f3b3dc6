import type { ReactNode } from "react";

/** One component with its states beside each other. */
export function Section({ title, wide = false, children }: { title: string; wide?: boolean; children: ReactNode }) {
  return (
    <section className="design-section" aria-label={title}>
      <h2>{title}</h2>
      <div className={wide ? "stack" : "row"}>{children}</div>
    </section>
  );
}
