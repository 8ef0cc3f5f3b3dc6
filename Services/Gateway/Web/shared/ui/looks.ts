import type { Tone } from "./Badge";

export type StatusKind = "workOrder" | "phase" | "priority" | "severity" | "alert" | "asset" | "task" | "service";

/** One drawing per state on a grid of 12, so that none is told by its colour alone. 
 * `fill` is filled, `line` stroked, `cut` stroked in the colour of the ground. */
export interface StateLook { tone: Tone; fill?: string; line?: string; cut?: string }

const ring = "M6 11A5 5 0 1 0 6 1a5 5 0 0 0 0 10";
const disc = "M6 11.5A5.5 5.5 0 1 0 6 .5a5.5 5.5 0 0 0 0 11z";
const tick = "M3.6 6.2 5.3 7.9 8.5 4.3";
const cross = "M4 4l4 4M8 4l-4 4";

export const looks: Record<StatusKind, Record<string, StateLook>> = {
  workOrder: {
    draft: { tone: "neutral", line: "M4.5 1.3 6 1l1.5.3M9.5 2.5 10.7 4.5M11 6l-.3 1.5M9.5 9.5 7.5 10.7M6 11l-1.5-.3M2.5 9.5 1.3 7.5M1 6l.3-1.5M2.5 2.5l.8-.7" },
    open: { tone: "neutral", line: ring },
    scheduled: { tone: "purple", line: `${ring}M6 3.5V6l1.8 1` },
    in_progress: { tone: "info", line: ring, fill: "M6 3a3 3 0 0 1 0 6z" },
    on_hold: { tone: "warning", line: `${ring}M4.7 4.2v3.6M7.3 4.2v3.6` },
    completed: { tone: "success", fill: disc, cut: tick },
    cancelled: { tone: "danger", line: `${ring}${cross}` },
  },
  phase: {
    submitted: { tone: "warning", line: "M3 1h6M3 11h6M3.8 1v2L6 6 3.8 9v2M8.2 1v2L6 6l2.2 3v2" },
    approved: { tone: "neutral", line: `${ring}${tick}` },
    assigned: { tone: "purple", line: `${ring}M6 5.6a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4M3.9 8.4c.3-1 1.1-1.5 2.1-1.5s1.8.5 2.1 1.5` },
    completed: { tone: "warning", line: `${ring}M4.3 4.7a1.7 1.7 0 1 1 2.4 1.5L6 6.7v.2M6 8.6v.1` },
    verified: { tone: "success", line: `${ring}${tick}` },
    closed: { tone: "success", fill: disc, cut: tick },
  },
  task: {
    pending: { tone: "neutral", line: ring },
    completed: { tone: "success", fill: disc, cut: tick },
    skipped: { tone: "neutral", line: `${ring}M4 8l4-4` },
  },
  service: {
    on_time: { tone: "success", line: `${ring}${tick}` },
    at_risk: { tone: "warning", line: `${ring}M6 3.2V6l1.9 1.1` },
    breached: { tone: "danger", fill: "M3.8.5h4.4l3.3 3.3v4.4l-3.3 3.3H3.8L.5 8.2V3.8z", cut: "M6 3.3v3.2M6 8.5v.1" },
  },
  priority: {
    low: { tone: "neutral", line: "m3 5 3 3 3-3" },
    medium: { tone: "info", line: "M3 4.5h6M3 7.5h6" },
    high: { tone: "warning", line: "m3 7 3-3 3 3" },
    critical: { tone: "danger", line: "m3 6 3-3 3 3M3 9.5l3-3 3 3" },
  },
  severity: {
    info: { tone: "info", line: `${ring}M6 5.6v2.6M6 3.6v.1` },
    warning: { tone: "warning", line: "M6 1.5 1 10.5h10zM6 5v2.3M6 9v.1" },
    critical: { tone: "danger", fill: "M3.8.5h4.4l3.3 3.3v4.4l-3.3 3.3H3.8L.5 8.2V3.8z", cut: "M6 3.3v3.2M6 8.5v.1" },
  },
  alert: {
    open: { tone: "danger", line: ring, fill: "M6 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4z" },
    acknowledged: { tone: "warning", line: `${ring}${tick}` },
    resolved: { tone: "success", fill: disc, cut: tick },
  },
  asset: {
    operational: { tone: "success", fill: disc, cut: tick },
    degraded: { tone: "warning", line: "M6 1.5 1 10.5h10zM6 5v2.3M6 9v.1" },
    down: { tone: "danger", fill: "M1 1h10v10H1z", cut: cross },
    maintenance: { tone: "info", line: "M6 1l5 5-5 5-5-5zM4.5 6h3" },
    decommissioned: { tone: "neutral", line: `${ring}M2.5 9.5l7-7` },
  },
};

/** What a state that this console does not know yet looks like. */
export const unknownLook: StateLook = { tone: "neutral", line: "M1.5 1.5h9v9h-9zM4.7 4.6a1.3 1.3 0 1 1 1.8 1.3L6 6.7M6 8.5v.1" };
