import { useMemo } from "react";
import { qrCode } from "./qr";

/** Light squares around a code, without which readers do not find it. */
const quiet = 4;

/** A QR code as a drawing, dark on light in either theme: readers do not know it the other way round. */
export function QRCode({ value, label }: { value: string; label: string }) {
  const rows = useMemo(() => qrCode(value), [value]);
  if (!rows) return null;
  const size = rows.length + 2 * quiet;
  const path = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x + quiet} ${y + quiet}h1v1h-1z`] : []))).join("");
  return (
    <svg className="qr-code" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
