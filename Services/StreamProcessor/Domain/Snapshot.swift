import EventSchema
import Foundation
import Identifiers

/// A partition's state at an offset, in its stored form.
struct Snapshot: Codable, Sendable {
    /// Increased with every change of the format or of the state's meaning.
    static let currentVersion = 3

    private(set) var version = currentVersion
    /// The offset of the first record that is not in the state.
    var offset: Int64
    /// The mark of the registry at the time of the snapshot.
    var registry: UInt64
    /// By the asset's id.
    var assets: [String: PartitionState.AssetState]

    init(_ state: PartitionState, at offset: Int64, under registry: Registry) {
        self.offset = offset
        self.registry = registry.mark
        assets = Dictionary(uniqueKeysWithValues: state.assets.map { ($0.key.description, $0.value) })
    }

    /// Reads a stored snapshot. It is `nil` if the snapshot is of another version, older or newer, or can't be read: the state is
    /// then computed again from the log.
    init?(stored bytes: [UInt8]) {
        struct Header: Decodable {
            var version: Int?
        }
        let data = Data(bytes)
        guard let header = try? JSONDecoder().decode(Header.self, from: data), header.version == Self.currentVersion,
            let snapshot = try? JSONDecoder().decode(Snapshot.self, from: data)
        else { return nil }
        self = snapshot
    }
}

extension PartitionState {
    init(_ snapshot: Snapshot) {
        self.init()
        restore(
            snapshot.assets.reduce(into: [:]) { assets, entry in
                if let id = AssetID(entry.key) { assets[id] = entry.value }
            }
        )
    }
}

// Short names, and no values that are still the initial ones, because a snapshot has many of these.
extension RuleWatch: Codable {
    private enum CodingKeys: String, CodingKey {
        case streak = "s"
        case firstAt = "f"
        case readings = "e"
        case toldAt = "t"
        case calm = "c"
        case mayBeRaised = "r"
        case hasFired = "h"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            streak: try fields.decodeIfPresent(Int.self, forKey: .streak) ?? 0,
            firstAt: try fields.decodeIfPresent(Int64.self, forKey: .firstAt) ?? 0,
            // An earlier instance has not kept them.
            readings: try fields.decodeIfPresent([Reading].self, forKey: .readings) ?? [],
            hasFired: try fields.decodeIfPresent(Bool.self, forKey: .hasFired) ?? false,
            toldAt: try fields.decodeIfPresent(Int64.self, forKey: .toldAt) ?? 0,
            calm: try fields.decodeIfPresent(Int.self, forKey: .calm) ?? 0,
            mayBeRaised: try fields.decodeIfPresent(Bool.self, forKey: .mayBeRaised) ?? true
        )
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        if streak > 0 {
            try fields.encode(streak, forKey: .streak)
            try fields.encode(firstAt, forKey: .firstAt)
            try fields.encode(readings, forKey: .readings)
        }
        if hasFired {
            try fields.encode(hasFired, forKey: .hasFired)
            try fields.encode(toldAt, forKey: .toldAt)
        }
        if calm > 0 { try fields.encode(calm, forKey: .calm) }
        if !mayBeRaised { try fields.encode(mayBeRaised, forKey: .mayBeRaised) }
    }
}

// JSON has no infinity: an accumulator without readings omits minimum and maximum.
extension Accumulator: Codable {
    private enum CodingKeys: String, CodingKey {
        case count = "n"
        case sum = "s"
        case minimum = "a"
        case maximum = "z"
        case uncertainCount = "u"
        case badCount = "b"
        case mean = "m"
        case squares = "q"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            count: try fields.decode(Int64.self, forKey: .count),
            sum: try fields.decode(Double.self, forKey: .sum),
            minimum: try fields.decodeIfPresent(Double.self, forKey: .minimum) ?? .infinity,
            maximum: try fields.decodeIfPresent(Double.self, forKey: .maximum) ?? -.infinity,
            uncertainCount: try fields.decode(Int64.self, forKey: .uncertainCount),
            badCount: try fields.decode(Int64.self, forKey: .badCount),
            mean: try fields.decode(Double.self, forKey: .mean),
            squares: try fields.decode(Double.self, forKey: .squares)
        )
    }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(count, forKey: .count)
        try fields.encode(sum, forKey: .sum)
        if count > 0 {
            try fields.encode(minimum, forKey: .minimum)
            try fields.encode(maximum, forKey: .maximum)
        }
        try fields.encode(uncertainCount, forKey: .uncertainCount)
        try fields.encode(badCount, forKey: .badCount)
        try fields.encode(mean, forKey: .mean)
        try fields.encode(squares, forKey: .squares)
    }
}

extension WindowLength: Codable {}

extension TagWindows: Codable {
    private struct Entry: Codable {
        var length: WindowLength
        var window: OpenWindow
    }

    init(from decoder: any Decoder) throws {
        let entries = try decoder.singleValueContainer().decode([Entry].self)
        self.init(open: entries.map { ($0.length, $0.window) })
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(open.map { Entry(length: $0.length, window: $0.window) })
    }
}

extension SequenceWindow: Codable {
    init(from decoder: any Decoder) throws {
        let words = try decoder.singleValueContainer().decode([UInt64].self)
        guard words.count == 5 else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "must be five words")
            )
        }
        self.init(highest: Int64(bitPattern: words[0]), seen: (words[1], words[2], words[3], words[4]))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(words)
    }
}
