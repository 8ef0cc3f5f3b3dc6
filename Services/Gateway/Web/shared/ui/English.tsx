import { classes } from "./classes";

export interface EnglishProps {
  children: string;
  className?: string;
  /** There may not be room for all of it: the rest is read on hover. */
  isCut?: boolean;
}

/** What a program wrote for those who look after it, in English only: it is read aloud, broken and ordered as English on a page of any language. */
export function English({ children, className, isCut = false }: EnglishProps) {
  return <span lang="en" dir="ltr" className={classes("ui-english", isCut && "ui-english-cut", className)} title={isCut ? children : undefined} data-untranslated>{children}</span>;
}
