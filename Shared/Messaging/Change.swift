import Commands
public import EventSchema
import Foundation
public import Postgres
import ServiceKit

/// What an act has changed in one record, for the audit log: the values before and after it.
public struct Change: Sendable {
    /// For example `WORKORDER_UPDATED`.
    public var action: String
    /// What kind of record: `workorder`.
    public var resource: String
    public var id: String?
    /// `{"title": ["Old", "New"]}`: what differs, by field. An element of a list is named by its id: `tasks/0190…/status`.
    public var fields: String?

    /// An action that changed no record.
    public init(_ action: String, _ resource: String) {
        self.action = action
        self.resource = resource
    }

    /// - Parameters:
    ///   - before: The record as it was; `nil` when it is new.
    ///   - after: The record as it is; `nil` when it is gone. Neither may hold a secret.
    public init<Value: Encodable>(
        _ action: String,
        _ resource: String,
        _ id: some CustomStringConvertible,
        before: Value?,
        after: Value?
    ) throws {
        self.action = action
        self.resource = resource
        self.id = id.description
        var fields: [String: JSONValue] = [:]
        Self.compare(try Self.json(before), try Self.json(after), "", &fields)
        self.fields = JSONValue.object(fields).text()
    }

    private static func json(_ value: (some Encodable)?) throws -> JSONValue {
        guard let value else { return .null }
        return try JSONReader.read(try JSONWriter.write(value))
    }

    private static func compare(
        _ before: JSONValue,
        _ after: JSONValue,
        _ path: String,
        _ fields: inout [String: JSONValue]
    ) {
        guard before != after else { return }
        let old = parts(of: before)
        let new = parts(of: after)
        guard old != nil || new != nil, old != nil || before == .null, new != nil || after == .null,
            path.isEmpty || (old?.isEmpty == false && new?.isEmpty == false)
        else {
            fields[path] = .array([before, after])
            return
        }
        for name in Set((old ?? [:]).keys).union((new ?? [:]).keys) {
            let path = path.isEmpty ? name : "\(path)/\(name)"
            compare(old?[name] ?? .null, new?[name] ?? .null, path, &fields)
        }
    }

    /// The members of an object, or the elements of a list whose elements have ids.
    private static func parts(of value: JSONValue) -> [String: JSONValue]? {
        if let members = value.members { return members }
        guard let elements = value.elements else { return nil }
        let named = elements.compactMap { element in element["id"]?.text.map { ($0, element) } }
        guard named.count == elements.count else { return nil }
        return Dictionary(named) { $1 }
    }
}

extension Transaction {
    /// Writes what an act has done: a line of the audit log for each change, and the events to publish.
    ///
    /// - Throws: ``EventTooLarge`` before anything is written to the outbox.
    public func record(_ changes: [Change], _ events: [any Event] = [], by act: Act) throws {
        let origin = try act.origin
        let entries = changes.map { change in
            AuditRecorded(
                tenant: act.tenant,
                user: act.user,
                service: act.service,
                action: change.action,
                resourceType: change.resource,
                resourceID: change.id,
                cause: act.cause,
                address: origin,
                changes: change.fields,
                at: act.time
            )
        }
        try publish(events + entries, by: act)
    }

    /// The same for one change.
    public func record(_ change: Change, _ events: [any Event] = [], by act: Act) throws {
        try record([change], events, by: act)
    }
}
