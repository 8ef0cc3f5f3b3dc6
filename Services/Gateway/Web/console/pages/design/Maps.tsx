import { lazy, Suspense, useMemo, useState } from "react";
import { Card, Skeleton } from "../../../shared/ui";
import type { Place } from "../../../shared/map/MapView";
import { Section } from "./Section";

const MapView = lazy(() => import("../../../shared/map/MapView"));

export function Maps() {
  const [opened, setOpened] = useState("");
  const places = useMemo<Place[]>(() => [
    { id: "almeria", name: "Almería North", latitude: 36.98, longitude: -2.26, tone: "success", state: "Works" },
    { id: "rajasthan", name: "Bhadla", latitude: 27.53, longitude: 71.91, tone: "danger", state: "3 critical alerts" },
    { id: "borkum", name: "Borkum Riffgrund", latitude: 53.97, longitude: 6.55, tone: "warning", state: "2 turbines with less power" },
    { id: "ouarzazate", name: "Ouarzazate", latitude: 31.05, longitude: -6.87, tone: "neutral", state: "Nothing is known" },
  ], []);
  return (
    <Section title="Map" wide>
      <Suspense fallback={<Skeleton height={320} />}>
        <Card flush><MapView label="A map of sites" places={places} onOpen={setOpened} /></Card>
        <p className="muted">Opened: {opened || "none"}</p>
        <Card flush><MapView label="A map for a wall" places={places} onOpen={setOpened} isStill /></Card>
      </Suspense>
    </Section>
  );
}
