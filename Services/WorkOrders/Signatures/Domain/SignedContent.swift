import Commands
import EventSchema
import Foundation
import Identifiers

extension WorkOrder {
    /// What a signature is bound to: what was asked for, who has done it when, and how each task was answered. Where the work order stands is no
    /// part of it, so that it is verified and closed under the signature.
    ///
    /// Its bytes are the same for the same content in every version of this service: JSON with the members sorted by name, no spaces, and
    /// times in microseconds since 1970. What changes that form is a new ``form``. A member that came later is left out where
    /// it has no value, so that what was signed before stays whole.
    var signedContent: String {
        var members: [String: JSONValue] = [
            "form": Self.number(Int64(Self.signedForm)),
            "id": .string(id.description),
            "tenant": .string(tenant.description),
            "number": .string(number),
            "title": .string(title),
            "description": Self.text(description),
            "type": .string(type.rawValue),
            "priority": .string(priority.rawValue),
            "site": .string(site.description),
            "asset": .string(asset.description),
            "assignedTo": Self.text(assignedTo?.description),
            "requiredSkills": .array(requiredSkills.map(JSONValue.string)),
            "workedBy": .array(workedBy.map { .string($0.description) }),
            "scheduledStart": Self.time(scheduledStart),
            "scheduledEnd": Self.time(scheduledEnd),
            "actualStart": Self.time(actualStart),
            "actualEnd": Self.time(actualEnd),
            "tasks": .array(tasks.sorted { $0.position < $1.position }.map(Self.content)),
        ]
        if let crew { members["crew"] = .string(crew.description) }
        if !requiredPermits.isEmpty {
            members["requiredPermits"] = .array(requiredPermits.map { .string($0.rawValue) })
        }
        if let verdict { members["verdict"] = .string(verdict.rawValue) }
        if let cause { members["cause"] = .string(cause) }
        let notes = [
            "safetyNotes": safetyNotes, "completionNotes": completionNotes, "rootCause": rootCause,
            "preventiveActions": preventiveActions,
        ]
        for (name, text) in notes { if let text { members[name] = .string(text) } }
        return JSONValue.object(members).text()
    }

    /// The form of ``signedContent``, which is kept with each signature.
    static let signedForm: Int32 = 1

    private static func content(_ task: WorkTask) -> JSONValue {
        .object([
            "id": .string(task.id.description),
            "title": .string(task.title),
            "description": text(task.description),
            "isMandatory": .bool(task.isMandatory),
            "dependsOn": .array(task.dependsOn.map { .string($0.description) }),
            "check": task.check.map(content) ?? .null,
            "status": .string(task.status.rawValue),
            "answer": task.answer.map(content) ?? .null,
            "outcome": text(task.outcome?.rawValue),
            "notes": text(task.notes),
            "completedAt": time(task.completedAt),
            "completedBy": text(task.completedBy?.description),
            "followUp": text(task.followUp?.description),
        ])
    }

    private static func content(_ check: TaskCheck) -> JSONValue {
        .object([
            "kind": .string(check.kind.rawValue),
            "passes": check.passes.map(JSONValue.bool) ?? .null,
            "options": .array(check.options.map(JSONValue.string)),
            "failing": .array(check.failing.map(JSONValue.string)),
            "unit": text(check.unit),
            "minimum": text(check.minimum),
            "maximum": text(check.maximum),
            "meter": text(check.meter),
        ])
    }

    private static func content(_ answer: TaskAnswer) -> JSONValue {
        var members: [String: JSONValue] = [
            "yes": answer.yes.map(JSONValue.bool) ?? .null,
            "choice": text(answer.choice),
            "number": text(answer.number),
            "text": text(answer.text),
            "isReset": answer.isReset.map(JSONValue.bool) ?? .null,
        ]
        if let attachment = answer.attachment { members["attachment"] = .string(attachment.description) }
        return .object(members)
    }

    private static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

    private static func time(_ time: Date?) -> JSONValue { time.map { number($0.microseconds) } ?? .null }

    private static func number(_ number: Int64) -> JSONValue { .number(String(number)) }
}
