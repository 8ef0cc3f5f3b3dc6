import Commands
import EventSchema
import Foundation
import Identifiers
import Postgres

extension WorkOrderStore {
    static func put(_ task: WorkTask, of order: WorkOrder) throws -> SQL {
        """
        INSERT INTO work_order_tasks (work_order_id, id, tenant_id, title, description, position, is_mandatory, depends_on,
            check_rule, opens_follow_up, status, answer, outcome, completed_at, completed_by, notes, follow_up)
        VALUES (\(order.id), \(task.id), \(order.tenant), \(task.title), \(task.description), \(Int32(task.position)),
            \(task.isMandatory), \(PostgresArray(task.dependsOn)), \(try JSONB(of: task.check)), \(task.opensFollowUp),
            \(task.status), \(try JSONB(of: task.answer)), \(task.outcome), \(task.completedAt), \(task.completedBy),
            \(task.notes), \(task.followUp))
        ON CONFLICT (work_order_id, id) DO UPDATE SET title = excluded.title, description = excluded.description,
            position = excluded.position, is_mandatory = excluded.is_mandatory, depends_on = excluded.depends_on,
            check_rule = excluded.check_rule, opens_follow_up = excluded.opens_follow_up, status = excluded.status,
            answer = excluded.answer, outcome = excluded.outcome, completed_at = excluded.completed_at,
            completed_by = excluded.completed_by, notes = excluded.notes, follow_up = excluded.follow_up
        """
    }

    static func remove(_ task: WorkTask, of order: WorkOrder) -> SQL {
        "DELETE FROM work_order_tasks WHERE work_order_id = \(order.id) AND id = \(task.id) AND tenant_id = \(order.tenant)"
    }
}

extension WorkTask: RowReadable {
    init(from row: inout RowReader) throws {
        self.init(
            id: try row.read("id"),
            title: try row.read("title"),
            position: try row.read("position"),
            status: try row.read("status"),
            completedAt: try row.read("completed_at"),
            completedBy: try row.read("completed_by"),
            notes: try row.read("notes"),
            description: try row.read("description"),
            isMandatory: try row.read("is_mandatory"),
            dependsOn: try row.read("depends_on"),
            check: try row.read("check_rule", as: JSONB.self)?.decoded(),
            opensFollowUp: try row.read("opens_follow_up"),
            answer: try row.read("answer", as: JSONB.self)?.decoded(),
            outcome: try row.read("outcome"),
            followUp: try row.read("follow_up")
        )
        // An instance of the version before takes back that a task was done, and leaves the answer.
        if status != .completed { (answer, outcome) = (nil, nil) }
    }
}

extension JSONB {
    init?(of value: (some Encodable)?) throws {
        guard let value else { return nil }
        self.init(try JSONWriter.text(value))
    }

    /// What `JSONWriter` has written, with its times.
    func decoded<Value: Decodable>() throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let container = try decoder.singleValueContainer()
            guard let time = Date(rfc3339: try container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "no time")
            }
            return time
        }
        return try decoder.decode(Value.self, from: Data(text.utf8))
    }
}
