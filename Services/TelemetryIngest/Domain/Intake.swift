import EventSchema
import Foundation
import Identifiers

/// The result of one MQTT message.
struct Intake: Sendable {
    /// For `telemetry.raw`: one record per asset.
    var received: [TelemetryReceived] = []
    /// For `telemetry.invalid`.
    var rejected: TelemetryRejected?
    /// The publish that is confirmed to the site once it is in the log. A refused publish is confirmed too, because it would be
    /// refused again.
    var confirms: (site: String, session: UUID, sequence: Int64)?
}

extension Intake {
    /// The largest payload, in bytes. A larger one could become a record that is too large for the log, however often MQTT
    /// delivers it, because the asset's code is in the record's key and again in its value. A thousand readings need a tenth of
    /// this.
    static let limit = 500_000

    /// Decodes and checks a message.
    ///
    /// - Parameters:
    ///   - topic: `telemetry/{site}`, or `telemetry/{site}/{asset}/{tag}` for a single reading.
    ///   - decoder: The same one for all messages.
    ///   - now: Microseconds since 1970.
    init(topic: String, payload: [UInt8], decoder: inout TelemetryDecoder, now: Int64) {
        let levels = topic.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let site = levels.count > 1 ? levels[1] : ""
        func refuse(_ refusal: TelemetryRefusal, _ detail: String) {
            rejected = TelemetryRejected(
                site: site,
                asset: nil,
                tag: nil,
                timestamp: nil,
                value: nil,
                refusal: refusal,
                detail: detail,
                payload: Data(payload.prefix(4096)),
                rejectedAt: Date(microseconds: now)
            )
        }
        guard levels.count == 2 || levels.count == 4, levels[0] == "telemetry", !levels.contains("") else {
            refuse(.topicMismatch, "\(topic) is neither telemetry/{site} nor telemetry/{site}/{asset}/{tag}")
            return
        }
        let batch: TelemetryBatch
        do {
            batch = try decoder.batch(payload)
        } catch {
            refuse(.malformedPayload, "\(error)")
            return
        }
        confirms = (site, batch.session, batch.sequence)
        guard payload.count <= Self.limit else {
            refuse(.malformedPayload, "\(payload.count) bytes; at most \(Self.limit) are allowed")
            return
        }
        guard batch.sequence >= 1 else {
            refuse(.malformedPayload, "sequence is \(batch.sequence), but publishes count from 1")
            return
        }
        if levels.count == 4, batch.readings.contains(where: { $0.asset != levels[2] || $0.tag != levels[3] }) {
            refuse(.topicMismatch, "a reading is not of \(levels[2])/\(levels[3]), as the topic says")
            return
        }
        // One record per asset, in the order in which the assets first occur.
        var order: [String: Int] = [:]
        for reading in batch.readings {
            let index: Int
            if let known = order[reading.asset] {
                index = known
            } else {
                index = received.count
                order[reading.asset] = index
                received.append(
                    TelemetryReceived(
                        site: site,
                        asset: reading.asset,
                        session: batch.session,
                        sequence: batch.sequence,
                        receivedAt: now,
                        readings: []
                    )
                )
            }
            received[index].readings.append(
                TagReading(
                    tag: reading.tag,
                    // A timestamp outside the years that consumers of the log can represent is clamped. The stream processor then
                    // refuses it, like every timestamp that is far off.
                    timestamp: reading.timestamp.clamped(to: Date.calendarMicroseconds),
                    value: reading.value,
                    quality: reading.quality
                )
            )
        }
    }
}

extension Comparable {
    fileprivate func clamped(to range: ClosedRange<Self>) -> Self {
        min(max(self, range.lowerBound), range.upperBound)
    }
}
