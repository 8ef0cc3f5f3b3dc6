/** Ctrl K. It comes with the palette of the design system. */
export const openCommands = (): void => undefined;

export function Commands() {
  return null;
}
