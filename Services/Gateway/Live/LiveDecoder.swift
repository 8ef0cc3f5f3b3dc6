import Commands
import EventSchema
import Foundation
import Identifiers
import Kafka
import Responses
import ServiceKit
import Synchronization

/// Makes messages out of records of the log, and keeps what it takes to place them: the tree of the assets, and which asset an alert is about.
final class LiveDecoder: Sendable {
    /// How many alerts it knows the asset of: a notification names only its alert.
    private static let alerts = 50_000

    private struct State {
        var tree = AssetTree()
        var alerts = Ledger<AlertID, AssetID>(limit: LiveDecoder.alerts)
    }

    private let codec: EventCodec
    private let team: @Sendable (UserID) -> TeamID?
    private let state = Mutex(State())

    init(_ codec: EventCodec, team: @escaping @Sendable (UserID) -> TeamID?) {
        (self.codec, self.team) = (codec, team)
    }

    /// Learns what a record says about places, as the reader of everything does, and makes its message.
    ///
    /// - Throws: ``EventDecodingError`` for a record that this build can't read, now or ever.
    func learn(_ record: KafkaMessage, topic: Int) throws -> LiveMessage? {
        try learnPlace(record)
        let message = try message(record, topic: topic)
        forget(record)
        return message
    }

    /// - Returns: `nil` for what nobody is told of.
    func message(_ record: KafkaMessage, topic: Int) throws -> LiveMessage? {
        guard let value = record.value else { return deletion(record, topic) }
        let about = Place(topic: topic, partition: Int(record.partition), offset: record.offset)
        switch LogPosition.topics[topic] {
        case .workOrderState:
            let (order, isKnown) = try decode(WorkOrderState.self, value)
            var message = try about.message(.workOrders, order.tenant, order.id, order.version) {
                isKnown ? try JSONWriter.write(WorkOrderResponse(order)) : nil
            }
            (message.site, message.asset) = (order.site, order.asset)
            message.owners = [order.createdBy].compactMap(\.self)
            message.assignees = [order.assignedTo].compactMap(\.self) + order.crewMembers
            return message
        case .alertEvents:
            let (alert, isKnown) = try decode(AlertChanged.self, value)
            var message = try about.message(.alerts, alert.tenant, alert.id, alert.version) {
                isKnown ? try JSONWriter.write(AlertChange(alert)) : nil
            }
            message.asset = alert.asset
            return message
        case .notificationEvents:
            let (sent, isKnown) = try decode(NotificationDelivered.self, value)
            var message = try about.message(.notifications, sent.tenant, sent.id, nil) {
                isKnown ? try JSONWriter.write(NotificationOutcomeChange(sent)) : nil
            }
            message.asset = sent.alert.flatMap { alert in state.withLock { $0.alerts[alert] } }
            message.assignees = [sent.user].compactMap(\.self)
            return message
        case .assetEvents:
            if try isSite(value) {
                let (site, isKnown) = try decode(SiteState.self, value)
                var message = try about.message(.sites, site.tenant, site.id, site.version) {
                    isKnown ? try JSONWriter.write(SiteResponse(site)) : nil
                }
                message.site = site.id
                return message
            }
            let (asset, isKnown) = try decode(AssetState.self, value)
            var message = try about.message(.assets, asset.tenant, asset.id, asset.version) {
                isKnown ? try JSONWriter.write(AssetResponse(asset)) : nil
            }
            (message.site, message.asset) = (asset.site, asset.id)
            return message
        case .assetSensors:
            let (sensor, isKnown) = try decode(SensorState.self, value)
            var message = try about.message(.sensors, sensor.tenant, sensor.id, sensor.version) {
                isKnown ? try JSONWriter.write(SensorChange(sensor)) : nil
            }
            (message.site, message.asset) = (sensor.site, sensor.asset)
            return message
        case .alertRules:
            let (rule, isKnown) = try decode(AlertRuleState.self, value)
            var message = try about.message(.alertRules, rule.tenant, rule.id, rule.version) {
                isKnown ? try JSONWriter.write(AlertRuleChange(rule)) : nil
            }
            (message.site, message.asset) = (rule.site, rule.asset)
            return message
        case .predictionEvents:
            let (prediction, isKnown) = try decode(PredictionMade.self, value)
            var message = try about.message(.predictions, prediction.tenant, prediction.id, nil) {
                isKnown ? try JSONWriter.write(PredictionChange(prediction)) : nil
            }
            message.asset = prediction.asset
            return message
        default: return nil
        }
    }

    /// Where a message's record belongs at this moment: what a query would find.
    func place(_ message: LiveMessage) -> RecordPlace {
        var place = RecordPlace(site: message.site, owners: message.owners, assignees: message.assignees)
        if let asset = message.asset {
            state.withLock { state in
                place.assets = state.tree.chain(asset)
                if place.site == nil { place.site = state.tree.node(asset)?.site }
            }
        }
        place.teams = message.assignees.compactMap(team)
        return place
    }

    // MARK: - Places

    private func learnPlace(_ record: KafkaMessage) throws {
        guard let value = record.value else { return }
        switch record.topic {
        case Topic.assetEvents.name:
            if try isSite(value) {
                let site = try decode(SiteState.self, value).0
                state.withLock { $0.tree.put(site) }
            } else {
                let asset = try decode(AssetState.self, value).0
                state.withLock { $0.tree.put(asset) }
            }
        case Topic.alertEvents.name:
            let alert = try decode(AlertChanged.self, value).0
            state.withLock { $0.alerts[alert.id] = alert.asset }
        default: break
        }
    }

    private func forget(_ record: KafkaMessage) {
        guard record.value == nil, record.topic == Topic.assetEvents.name else { return }
        let key = String(decoding: record.key ?? [], as: UTF8.self)
        state.withLock { state in
            if let asset = AssetID(key) { state.tree.remove(asset) }
            if let site = SiteID(key) { state.tree.remove(site) }
        }
    }

    /// A tombstone says only which record is gone. Whose it was is in its headers; its place is known of assets and sites.
    private func deletion(_ record: KafkaMessage, _ topic: Int) -> LiveMessage? {
        guard let id = UUID(uuidString: String(decoding: record.key ?? [], as: UTF8.self)) else { return nil }
        let headers = record.headers.map { (name: $0.name, value: $0.value) }
        guard let tenant = (try? EventMetadata(headers: headers))?.tenant else { return nil }
        let about = Place(topic: topic, partition: Int(record.partition), offset: record.offset)
        switch LogPosition.topics[topic] {
        case .workOrderState: return about.deletion(.workOrders, tenant, id)
        case .assetSensors: return about.deletion(.sensors, tenant, id)
        case .alertRules: return about.deletion(.alertRules, tenant, id)
        case .assetEvents:
            let isSite = state.withLock { $0.tree.tenant(of: SiteID(id)) != nil }
            var message = about.deletion(isSite ? .sites : .assets, tenant, id)
            if isSite { message.site = SiteID(id) } else { message.asset = AssetID(id) }
            return message
        default: return nil
        }
    }

    // MARK: - Reading

    /// - Returns: The event, and whether this build understands all of it: what it does not understand is not passed on.
    private func decode<E: Event>(_: E.Type, _ value: [UInt8]) throws -> (E, isKnown: Bool) {
        var unknown = false
        let event = try codec.decode(E.self, from: value, hasUnknown: &unknown)
        return (event, !unknown)
    }

    private func isSite(_ value: [UInt8]) throws -> Bool {
        try codec.family(of: value) == SiteState.family
    }
}

/// Where in the log a record is.
private struct Place {
    var topic: Int
    var partition: Int
    var offset: Int64

    func message<Kind>(
        _ kind: LiveKind,
        _ tenant: TenantID,
        _ id: Identifier<Kind>,
        _ version: Int64?,
        _ data: () throws -> [UInt8]?
    ) throws -> LiveMessage {
        var json = JSONText()
        json.literal("{")
        json.member("type", "event")
        json.member("kind", kind.rawValue)
        json.member("id", id)
        json.member("version", version)
        var body = json.bytes
        if let data = try data() {
            body += Array(#","data":"#.utf8)
            body += data
        }
        return LiveMessage(kind: kind, tenant: tenant, topic: topic, partition: partition, offset: offset, body: body)
    }

    func deletion(_ kind: LiveKind, _ tenant: TenantID, _ id: UUID) -> LiveMessage {
        var json = JSONText()
        json.literal("{")
        json.member("type", "deleted")
        json.member("kind", kind.rawValue)
        json.member("id", id)
        return LiveMessage(
            kind: kind,
            tenant: tenant,
            topic: topic,
            partition: partition,
            offset: offset,
            body: json.bytes
        )
    }
}
