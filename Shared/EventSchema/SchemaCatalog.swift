public import Avro
import Foundation

/// The schemas of all published events and payloads, and the ids by which the wire names them.
///
/// The ids are fixed here, so that a fleet without a schema registry agrees on them; a registry is told them and gives none.
/// An id is never given to another schema.
public struct SchemaCatalog: Sendable {
    private let byName: [String: Entry]
    private let byID: [Int32: Entry]

    /// One published schema.
    public struct Entry: Sendable {
        public let name: String
        public let id: Int32
        public let schema: AvroSchema
        /// The committed text, as a schema registry wants it.
        public let text: [UInt8]

        /// What a schema registry calls it: the record's full name. Every version of an event is a version of this subject,
        /// whichever topics it is in; a topic with several kinds of events has no one subject.
        public var subject: String {
            guard case .record(let record) = schema else { return name }
            return record.name
        }

        /// The number at the end of the name: 2 for `workorder.created.v2`.
        public var version: Int? {
            name.range(of: ".v", options: .backwards).flatMap { Int(name[$0.upperBound...]) }
        }
    }

    /// A catalog with ids as given.
    ///
    /// - Throws: ``AvroError`` when a schema can't be parsed or an id is given twice.
    public init(_ schemas: [(name: String, id: Int32, text: [UInt8])]) throws {
        var byName: [String: Entry] = [:]
        var byID: [Int32: Entry] = [:]
        for (name, id, text) in schemas {
            let entry = Entry(name: name, id: id, schema: try AvroSchema(json: text), text: text)
            guard byName.updateValue(entry, forKey: name) == nil, byID.updateValue(entry, forKey: id) == nil else {
                throw AvroError.schema("\(name) or its id \(id) stands in the catalog twice")
            }
        }
        self.byName = byName
        self.byID = byID
    }

    /// The schema of an event or payload by its name, for example `workorder.created.v1`.
    public subscript(name: String) -> Entry? { byName[name] }

    /// The schema that a framed value names.
    public subscript(id id: Int32) -> Entry? { byID[id] }

    /// All of them, by name.
    public var entries: [Entry] { byName.values.sorted { $0.name < $1.name } }
}

extension SchemaCatalog {
    /// The committed schemas with their fixed ids.
    public static let committed: Result<SchemaCatalog, any Error> = Result { try SchemaCatalog(table) }

    private static let table: [(String, Int32, [UInt8])] = [
        ("telemetry.batch.v1", 1, PackageResources.telemetry_batch_v1_avsc),
        ("telemetry.ack.v1", 2, PackageResources.telemetry_ack_v1_avsc),
        ("telemetry.received.v1", 3, PackageResources.telemetry_received_v1_avsc),
        ("telemetry.validated.v1", 4, PackageResources.telemetry_validated_v1_avsc),
        ("telemetry.rejected.v1", 5, PackageResources.telemetry_rejected_v1_avsc),
        ("telemetry.aggregated.v1", 6, PackageResources.telemetry_aggregated_v1_avsc),
        ("alerts.rule.v1", 7, PackageResources.alerts_rule_v1_avsc),
        ("alerts.detected.v1", 8, PackageResources.alerts_detected_v1_avsc),
        ("alerts.changed.v1", 9, PackageResources.alerts_changed_v1_avsc),
        ("notifications.delivered.v1", 10, PackageResources.notifications_delivered_v1_avsc),
        ("assets.site.v1", 11, PackageResources.assets_site_v1_avsc),
        ("assets.asset.v1", 12, PackageResources.assets_asset_v1_avsc),
        ("assets.sensor.v1", 13, PackageResources.assets_sensor_v1_avsc),
        ("auth.key.v1", 14, PackageResources.auth_key_v1_avsc),
        ("auth.role-policy.v1", 15, PackageResources.auth_role_policy_v1_avsc),
        ("auth.user.v1", 16, PackageResources.auth_user_v1_avsc),
        ("auth.session-ended.v1", 17, PackageResources.auth_session_ended_v1_avsc),
        ("audit.recorded.v1", 18, PackageResources.audit_recorded_v1_avsc),
        ("workorder.created.v1", 19, PackageResources.workorder_created_v1_avsc),
        ("workorder.updated.v1", 20, PackageResources.workorder_updated_v1_avsc),
        ("workorder.state-changed.v1", 21, PackageResources.workorder_state_changed_v1_avsc),
        ("workorder.requested.v1", 22, PackageResources.workorder_requested_v1_avsc),
        ("sync.change-proposed.v1", 23, PackageResources.sync_change_proposed_v1_avsc),
        ("sync.change-decided.v1", 24, PackageResources.sync_change_decided_v1_avsc),
        ("predictions.made.v1", 25, PackageResources.predictions_made_v1_avsc),
    ]
}
