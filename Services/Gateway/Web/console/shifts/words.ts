/** A day as the reader writes it: it has no clock. */
export const dayWords = (locale: string, day: string): string => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "UTC" }).format(Date.parse(`${day}T00:00:00Z`));
