import { useEffect, useRef } from "react";
import { theme, chooseTheme } from "../shell/theme";

const quoted = (words: string): string => `"${words.replace(/["\\\n]/g, (one) => `\\${one.charCodeAt(0).toString(16)} `)}"`;

/** While it is shown, the page is dark on light in either theme, as the paper is, and each sheet but the first has these words above it: sheets get apart. */
export function usePaper(heading: string): void {
  useEffect(() => {
    const root = document.documentElement;
    root.dataset["theme"] = "light";
    return () => chooseTheme(theme.get());
  }, []);
  useEffect(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`@page { @top-center { content: ${quoted(heading)}; font: 9pt sans-serif; } } @page :first { @top-center { content: none; } }`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    return () => void (document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet));
  }, [heading]);
}

/** Opens the browser's dialog, once, when all is there that is to be on the paper. */
export function usePrintWhen(isReady: boolean): void {
  const isAsked = useRef(false);
  useEffect(() => {
    if (!isReady || isAsked.current) return;
    let isLeft = false;
    // What has just come is drawn first.
    void document.fonts.ready.then(() => requestAnimationFrame(() => {
      if (isLeft || isAsked.current) return;
      isAsked.current = true;
      print();
    }));
    return () => { isLeft = true; };
  }, [isReady]);
}
