import Foundation

/// What a broker would know after a start on this folder. Nothing in the folder is changed.
struct FolderContent: Encodable {
    struct Topic: Encodable {
        let name: String
        var settings: [String: String] = [:]
        var partitions: [Partition] = []
    }

    struct Partition: Encodable {
        let partition: Int
        let start: Int64
        let end: Int64
        let lastStableOffset: Int64
        let segments: [Segment]
        let producers: [Producer]
        let openTransactions: [OpenTransaction]
        /// Bytes that a crash left at the end, which the next start cuts off.
        let tornBytes: Int
    }

    struct Segment: Encodable {
        let baseOffset: Int64
        let nextOffset: Int64
        let bytes: Int
    }

    struct Producer: Encodable {
        let id: Int64
        let epoch: Int16
        let lastSequence: Int32?
    }

    struct OpenTransaction: Encodable {
        let producer: Int64
        let firstOffset: Int64
    }

    struct TransactionalID: Encodable {
        let id: String
        let producer: Int64
        let epoch: Int16
        let state: String
        let partitions: [String]
    }

    struct Committed: Encodable {
        let group: String
        let topic: String
        let partition: Int32
        let offset: Int64
        let metadata: String
    }

    private(set) var topics: [Topic] = []
    private(set) var transactionalIDs: [TransactionalID] = []
    private(set) var committedOffsets: [Committed] = []
    /// The damage that was found on the way; `verify` lists all of it.
    private(set) var damages: [String] = []

    init(_ folder: String) throws {
        for name in try FolderCheck.topics(in: folder) {
            let directory = "\(folder)/topics/\(name)"
            var topic = Topic(name: name)
            try noteDamage { _ in topic.settings = try Broker.Topic.describe(directory).configuration }
            for number in try FolderCheck.partitions(in: directory) {
                try noteDamage { content in
                    let log = try Recovery(directory: "\(directory)/\(number)", readOnly: true)
                    topic.partitions.append(Partition(number, log))
                    if name == Node.offsetsTopic { content.committedOffsets = try Self.committed(log) }
                    if name == Node.transactionsTopic { content.transactionalIDs = try Self.transactions(log) }
                }
            }
            topics.append(topic)
        }
    }

    private mutating func noteDamage(_ work: (inout FolderContent) throws -> Void) throws {
        do {
            try work(&self)
        } catch let damage as Damage {
            damages.append("\(damage)")
        }
    }

    private static func committed(_ log: Recovery) throws -> [Committed] {
        let groups = try OffsetStore(replaying: log.segments).groups
        return groups.sorted { $0.key < $1.key }.flatMap { group, offsets in
            offsets.sorted { ($0.key.topic, $0.key.partition) < ($1.key.topic, $1.key.partition) }.map {
                Committed(
                    group: group,
                    topic: $0.topic,
                    partition: $0.partition,
                    offset: $1.offset,
                    metadata: $1.metadata
                )
            }
        }
    }

    private static func transactions(_ log: Recovery) throws -> [TransactionalID] {
        try Transaction.replayed(log.segments).values.sorted { $0.id < $1.id }.map {
            TransactionalID(
                id: $0.id,
                producer: $0.producerID,
                epoch: $0.epoch,
                state: "\($0.state)",
                partitions: $0.partitions.map { "\($0.topic)/\($0.partition)" }.sorted()
            )
        }
    }

    var text: String {
        var lines: [String] = []
        for topic in topics {
            let settings = topic.settings.sorted { $0.key < $1.key }.map { " \($0)=\($1)" }.joined()
            lines.append("topic \(topic.name)\(settings)")
            for partition in topic.partitions { lines += partition.lines }
        }
        for transaction in transactionalIDs {
            lines.append(
                "transactional id \(transaction.id): \(transaction.state), producer \(transaction.producer) epoch "
                    + (["\(transaction.epoch)"] + transaction.partitions).joined(separator: " ")
            )
        }
        for committed in committedOffsets {
            lines.append("group \(committed.group): \(committed.topic)/\(committed.partition) at \(committed.offset)")
        }
        return (lines + damages).joined(separator: "\n")
    }
}

extension FolderContent.Partition {
    init(_ number: Int, _ log: Recovery) {
        let states = log.checkpoint.producers
        partition = number
        start = max(log.checkpoint.logStart, log.segments.first?.baseOffset ?? 0)
        end = log.segments.last?.nextOffset ?? start
        lastStableOffset = max(start, states.firstOpenOffset ?? end)
        segments = log.segments.map { .init(baseOffset: $0.baseOffset, nextOffset: $0.nextOffset, bytes: $0.size) }
        producers = states.producers.sorted { $0.key < $1.key }.map {
            .init(id: $0, epoch: $1.epoch, lastSequence: $1.batches.last?.lastSequence)
        }
        openTransactions = states.open.sorted { $0.value < $1.value }.map { .init(producer: $0, firstOffset: $1) }
        tornBytes = log.bytesCut
    }

    fileprivate var lines: [String] {
        var lines = ["  partition \(partition): offsets \(start)..<\(end), stable to \(lastStableOffset)"]
        if tornBytes > 0 { lines.append("    \(tornBytes) bytes of an incomplete batch at the end") }
        lines += segments.map { "    segment \($0.baseOffset)..<\($0.nextOffset), \($0.bytes) bytes" }
        lines += producers.map {
            "    producer \($0.id) epoch \($0.epoch)" + ($0.lastSequence.map { ", last sequence \($0)" } ?? "")
        }
        lines += openTransactions.map {
            "    open transaction of producer \($0.producer) from offset \($0.firstOffset)"
        }
        return lines
    }
}
