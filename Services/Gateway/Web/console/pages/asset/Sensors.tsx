import { useMemo, useState } from "react";
import type { SensorResponse } from "generated/api";
import { explain } from "../../../shared/api/explain";
import { change } from "../../../shared/data";
import { useText } from "../../../shared/localization";
import { useFormat } from "../../../shared/localization/format";
import { unitText } from "../../../shared/localization/units";
import { useMay } from "../../../shared/session/session";
import { Button, Card, ConfirmDialog, EmptyState, Menu, Table, toast, type Column } from "../../../shared/ui";
import { EditSensor } from "./EditSensor";
import { SensorForm } from "./SensorForm";

/** Sensors of an asset. */
export function Sensors({ assetId, sensors, loading }: { assetId: string; sensors: readonly SensorResponse[]; loading: boolean }) {
  const text = useText();
  const format = useFormat();
  const mayChange = useMay()("sensor:create");
  const [open, setOpen] = useState<"new" | { edit: SensorResponse } | { remove: SensorResponse }>();
  const close = () => setOpen(undefined);
  const columns = useMemo<Column<SensorResponse>[]>(() => {
    const limit = (value: number | null | undefined) => (value == null ? "–" : format.number(value));
    const menu = (row: SensorResponse) => (
      <Menu
        size="small"
        label={text("plant.actions_of", { name: row.tag })}
        items={[
          { key: "edit", label: text("plant.edit"), icon: "edit", run: () => setOpen({ edit: row }) },
          { key: "delete", label: text("plant.delete"), icon: "trash", danger: true, run: () => setOpen({ remove: row }) },
        ]}
      />
    );
    return [
      { key: "tag", header: text("plant.tag"), minWidth: 180, fixed: true, cell: (row) => <code>{row.tag}</code> },
      { key: "unit", header: text("plant.unit"), width: 100, cell: (row) => unitText(row.unit) },
      { key: "minimum", header: text("plant.minimum"), width: 160, align: "end", cell: (row) => limit(row.minimum) },
      { key: "maximum", header: text("plant.maximum"), width: 160, align: "end", cell: (row) => limit(row.maximum) },
      ...(mayChange ? [{ key: "menu", header: text("plant.actions"), width: 110, align: "end" as const, fixed: true, cell: menu }] : []),
    ];
  }, [text, format, mayChange]);
  const remove = async (sensor: SensorResponse) => {
    await change("DELETE /api/v1/sensors/{id}", { path: { id: sensor.id } });
    toast({ tone: "success", text: text("plant.deleted", { name: sensor.tag }) });
  };
  return (
    <>
      <Card flush>
        <Table
          label={text("plant.sensors")} rows={sensors} rowKey={(row) => row.id} columns={columns} loading={loading}
          tools={mayChange && <Button size="small" icon="plus" onClick={() => setOpen("new")}>{text("plant.add_sensor")}</Button>}
          empty={<EmptyState title={text("plant.no_sensors")} icon="activity">{text("plant.no_sensors.text")}</EmptyState>}
        />
      </Card>
      {open === "new" && <SensorForm assetId={assetId} close={close} />}
      {typeof open === "object" && "edit" in open && <EditSensor sensor={open.edit} close={close} />}
      {typeof open === "object" && "remove" in open && (
        <ConfirmDialog title={text("plant.delete.ask", { name: open.remove.tag })} confirm={text("plant.delete")} danger run={() => remove(open.remove)} close={close} explain={explain}>
          {text("plant.delete_sensor.text")}
        </ConfirmDialog>
      )}
    </>
  );
}
