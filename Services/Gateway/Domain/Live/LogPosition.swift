import EventSchema
import Foundation

/// A place in the log: of each partition of each topic, the offset of the next record.
struct LogPosition: Hashable, Sendable {
    /// By topic (its place in ``topics``) and partition.
    private(set) var offsets: [[Int64]]

    init(offsets: [[Int64]] = Array(repeating: [], count: LogPosition.topics.count)) {
        self.offsets = offsets
    }

    /// The offset of a partition's next record; 0 for a partition that was added later, so that nothing of it is left out.
    subscript(topic: Int, partition: Int) -> Int64 {
        get {
            guard offsets.indices.contains(topic), offsets[topic].indices.contains(partition) else { return 0 }
            return offsets[topic][partition]
        }
        set {
            guard offsets.indices.contains(topic), partition >= 0 else { return }
            while offsets[topic].count <= partition { offsets[topic].append(0) }
            offsets[topic][partition] = newValue
        }
    }

    /// Of each partition the later place of the two.
    func merged(with other: LogPosition) -> LogPosition {
        var merged = self
        for (topic, partitions) in other.offsets.enumerated() {
            for (partition, offset) in partitions.enumerated() {
                merged[topic, partition] = max(merged[topic, partition], offset)
            }
        }
        return merged
    }

    /// Whether it is nowhere before the other, in these topics.
    func hasReached(_ other: LogPosition, in topics: Set<Int>) -> Bool {
        topics.allSatisfy { topic in
            other.offsets[topic].enumerated().allSatisfy { self[topic, $0.offset] >= $0.element }
        }
    }

    /// How many records lie between this place and a later one, in these topics.
    func distance(to later: LogPosition, in topics: Set<Int>) -> Int64 {
        topics.reduce(0) { sum, topic in
            later.offsets[topic].enumerated().reduce(sum) { $0 + max(0, $1.element - self[topic, $1.offset]) }
        }
    }
}

/// What a client returns to continue where it stopped, at any instance: a place in the log, and when it was there.
///
/// It is a text that clients do not look into. It gives no rights: what is sent is what its bearer may see.
struct LiveCursor: Hashable, Sendable {
    /// A deletion stays in a compacted topic for at least a day. Who was away for longer could miss it, so a cursor is valid for half
    /// of that.
    static let lifetime: TimeInterval = 12 * 3600
    private static let version: UInt8 = 1
    private static let maximumLength = 2048

    var position: LogPosition
    /// Seconds since 1970.
    var time: Int64

    /// Base64url without padding.
    var text: String {
        var bytes = [Self.version]
        bytes.append(varint: UInt64(max(0, time)))
        bytes.append(varint: UInt64(position.offsets.count))
        for partitions in position.offsets {
            bytes.append(varint: UInt64(partitions.count))
            for offset in partitions { bytes.append(varint: UInt64(max(0, offset))) }
        }
        return Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    init(_ position: LogPosition, at time: Date) {
        self.position = position
        self.time = Int64(time.timeIntervalSince1970)
    }

    /// - Returns: `nil` for a text that is no cursor.
    init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength else { return nil }
        let padded = text.replacing("-", with: "+").replacing("_", with: "/")
        guard let data = Data(base64Encoded: padded + String(repeating: "=", count: (4 - padded.utf8.count % 4) % 4)),
            data.first == Self.version
        else { return nil }
        var rest = data.dropFirst()
        guard let time = rest.readVarint(), let topics = rest.readVarint(), topics <= 64 else { return nil }
        var offsets: [[Int64]] = []
        for _ in 0..<topics {
            guard let count = rest.readVarint(), count <= 1024 else { return nil }
            var partitions: [Int64] = []
            for _ in 0..<count {
                guard let offset = rest.readVarint() else { return nil }
                partitions.append(offset)
            }
            offsets.append(partitions)
        }
        guard rest.isEmpty else { return nil }
        // One of a build with fewer or more topics.
        let known = LogPosition.topics.count
        offsets = Array(offsets.prefix(known)) + Array(repeating: [], count: max(0, known - offsets.count))
        (self.position, self.time) = (LogPosition(offsets: offsets), time)
    }

    /// Whether it says where its bearer was in these topics.
    func knows(_ topics: Set<Int>) -> Bool { topics.allSatisfy { !position.offsets[$0].isEmpty } }

    /// Whether deletions since then could be gone.
    func isExpired(at now: Date) -> Bool {
        let age = now.timeIntervalSince1970 - TimeInterval(time)
        return age > Self.lifetime
    }
}

extension [UInt8] {
    /// Seven bits in each byte, the lowest first.
    fileprivate mutating func append(varint number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}

extension Data {
    /// - Returns: `nil` when there is none, or none that is an `Int64`.
    fileprivate mutating func readVarint() -> Int64? {
        var (number, shift): (UInt64, UInt64) = (0, 0)
        while let byte = popFirst() {
            guard shift < 63 else { return nil }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int64(number) }
            shift += 7
        }
        return nil
    }
}
