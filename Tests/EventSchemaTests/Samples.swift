import EventSchema
import Foundation
import Identifiers
import TestSupport

enum Samples {
    static let batch = TelemetryBatch(
        session: UUID.v8(hashing: "session"),
        sequence: 300,
        readings: [
            Reading(asset: "INV-2", tag: "ac_power", timestamp: 1_780_315_200_000_000, value: -0.25, quality: .good),
            Reading(asset: "INV-2", tag: "temperatur_\u{b0}", timestamp: -1, value: .infinity, quality: .uncertain),
            Reading(asset: "", tag: "", timestamp: Int64.min, value: 0, quality: .bad),
        ]
    )

    static let received = TelemetryReceived(
        site: "NREL-RSF2",
        asset: "INV-2",
        session: batch.session,
        sequence: 1,
        receivedAt: 5,
        readings: [TagReading(tag: "ac_power", timestamp: 4, value: 1.5, quality: .bad)]
    )
}

/// Two framed samples of every committed schema. The generator's own Avro encoder wrote them from the schema alone.
struct Golden: Decodable {
    /// Every field has a value.
    private let full: String
    /// Every field is null or empty where its schema allows it.
    private let bare: String

    var samples: [(kind: String, bytes: [UInt8])] { [("full", [UInt8](hex: full)), ("bare", [UInt8](hex: bare))] }

    static func all() throws -> [String: Golden] {
        let file = URL(fileURLWithPath: Python.path("Tests/Golden/events.json"))
        return try JSONDecoder().decode([String: Golden].self, from: Data(contentsOf: file))
    }
}

extension [UInt8] {
    init(hex: String) {
        self = stride(from: 0, to: hex.count, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }
    }

    var hex: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
