const browsers: [RegExp, string][] = [
  [/Edg\//, "Edge"], [/OPR\//, "Opera"], [/Firefox\//, "Firefox"], [/(?:Chrome|Chromium)\//, "Chrome"], [/Safari\//, "Safari"], [/curl\//, "curl"], [/^([\w.-]+)\//, ""],
];
const systems: [RegExp, string][] = [[/Android/, "Android"], [/iPhone|iPad/, "iOS"], [/Windows/, "Windows"], [/Mac OS X/, "macOS"], [/Linux/, "Linux"]];

/** What a person recognizes of what a browser says about itself: "Firefox, Windows". */
export function deviceOf(agent: string | null | undefined): { name: string; isPhone: boolean } {
  if (!agent) return { name: "", isPhone: false };
  const found = browsers.find(([pattern]) => pattern.test(agent));
  const browser = found ? found[1] || (found[0].exec(agent)?.[1] ?? "") : "";
  const system = systems.find(([pattern]) => pattern.test(agent))?.[1] ?? "";
  return { name: [browser, system].filter(Boolean).join(", "), isPhone: /Mobile|Android|iPhone/.test(agent) };
}
