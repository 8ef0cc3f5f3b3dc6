import EventSchema
import Identifiers
import Postgres

/// What the meters of assets showed, as it was answered to tasks: one reading of each answer.
struct MeterReadings: Sendable {
    /// What the meter that a task asks for showed last, as another task recorded it.
    static func last(for task: WorkTask, of order: WorkOrder, _ tx: Transaction) async throws -> String? {
        guard let check = task.check, check.kind == .meter else { return nil }
        return try await tx.first(last(check.meter ?? "", check.unit ?? "", of: order, except: task.id))?["value"]
    }

    static func last(_ meter: String, _ unit: String, of order: WorkOrder, except task: TaskID) -> SQL {
        """
        SELECT value FROM meter_readings
        WHERE tenant_id = \(order.tenant) AND asset_id = \(order.asset) AND meter = \(meter) AND unit = \(unit)
            AND NOT (work_order_id = \(order.id) AND task_id = \(task))
        ORDER BY read_at DESC, task_id LIMIT 1
        """
    }

    /// Keeps a task's reading; takes it back when the task has no answer any more.
    static func put(_ task: WorkTask, of order: WorkOrder) -> SQL? {
        guard let check = task.check, check.kind == .meter else { return nil }
        guard let value = task.answer?.number, let readAt = task.completedAt else {
            return "DELETE FROM meter_readings WHERE work_order_id = \(order.id) AND task_id = \(task.id)"
        }
        return """
            INSERT INTO meter_readings (work_order_id, task_id, tenant_id, asset_id, meter, unit, value, read_at)
            VALUES (\(order.id), \(task.id), \(order.tenant), \(order.asset), \(check.meter ?? ""), \(check.unit ?? ""),
                \(value), \(readAt))
            ON CONFLICT (work_order_id, task_id) DO UPDATE SET meter = excluded.meter, unit = excluded.unit,
                value = excluded.value, read_at = excluded.read_at
            """
    }
}
