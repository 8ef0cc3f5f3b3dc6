import Foundation
import NIOCore

/// The groups, who waits for an answer of theirs, and how far each has come.
final class GroupCoordinator {
    private var groups: [String: Group] = [:]
    private var joining: [String: [String: (Result<Group.JoinAnswer, ErrorCode>) -> Void]] = [:]
    private var syncing: [String: [String: (Result<[UInt8], ErrorCode>) -> Void]] = [:]
    /// Members that were given an id and have to come back with it (KIP-394).
    private var offsets: [String: [String: Committed]] = [:]
    private let log: PartitionLog
    private let initialDelay: Int64

    static let topic = "__consumer_offsets"

    struct Committed: Codable, Hashable {
        var offset: Int64
        var metadata: String?
    }

    private struct Key: Codable {
        var group: String
        /// `topic/partition`.
        var partition: String
    }

    /// Reads the committed offsets from their topic.
    init(storage: Storage, initialDelay: Int64) throws {
        self.initialDelay = initialDelay
        log = try storage.internalLog(Self.topic)
        try log.forEachRecord { record in
            guard let bytes = record.key, let key = try? JSONDecoder().decode(Key.self, from: Data(bytes)) else {
                return
            }
            let value = record.value.flatMap { try? JSONDecoder().decode(Committed.self, from: Data($0)) }
            offsets[key.group, default: [:]][key.partition] = value
        }
    }

    // MARK: - Membership

    func join(
        _ group: String,
        _ member: Group.Member,
        type: String,
        now: Int64,
        respond: @escaping (Result<Group.JoinAnswer, ErrorCode>) -> Void
    ) {
        // A request that repeats takes the older one's place.
        joining[group, default: [:]].updateValue(respond, forKey: member.id)?(.failure(.rebalanceInProgress))
        update(group) { $0.join(member, type: type, initialDelay: initialDelay, now: now) }
    }

    func sync(
        _ group: String,
        member: String,
        generation: Int32,
        assignments: [(member: String, bytes: [UInt8])],
        now: Int64,
        respond: @escaping (Result<[UInt8], ErrorCode>) -> Void
    ) {
        guard groups[group] != nil else { return respond(.failure(.unknownMemberID)) }
        syncing[group, default: [:]].updateValue(respond, forKey: member)?(.failure(.rebalanceInProgress))
        update(group) { $0.sync(member, generation: generation, assignments: assignments, now: now) }
    }

    func heartbeat(_ group: String, member: String, generation: Int32, now: Int64) -> ErrorCode {
        groups[group]?.heartbeat(member, generation: generation, now: now) ?? .unknownMemberID
    }

    func leave(_ group: String, member: String, now: Int64) -> ErrorCode {
        guard groups[group] != nil else { return .unknownMemberID }
        var code = ErrorCode.none
        update(group) { machine in
            let (result, outputs) = machine.leave(member, now: now)
            code = result
            return outputs
        }
        return code
    }

    func tick(now: Int64) {
        for id in groups.keys { update(id) { $0.tick(now: now) } }
    }

    func describe(_ group: String) -> Group? {
        groups[group] ?? (offsets[group] == nil ? nil : Group(id: group))
    }

    var all: [(id: String, type: String)] {
        Set(groups.keys).union(offsets.keys).sorted().map { ($0, groups[$0]?.protocolType ?? "consumer") }
    }

    func delete(_ group: String, now: Int64) throws {
        guard let known = describe(group) else { throw ErrorCode.groupIDNotFound }
        guard known.members.isEmpty else { throw ErrorCode.nonEmptyGroup }
        try store(group, (offsets[group] ?? [:]).mapValues { _ in nil }, now: now)
        groups[group] = nil
        offsets[group] = nil
    }

    private func update(_ id: String, _ change: (inout Group) -> [Group.Output]) {
        var group = groups[id] ?? Group(id: id)
        let outputs = change(&group)
        groups[id] = group
        for output in outputs {
            switch output {
            case .joined(let answer): joining[id]?.removeValue(forKey: answer.member)?(.success(answer))
            case .synced(let member, let bytes): syncing[id]?.removeValue(forKey: member)?(.success(bytes))
            case .refused(let member, let code):
                joining[id]?.removeValue(forKey: member)?(.failure(code))
                syncing[id]?.removeValue(forKey: member)?(.failure(code))
            }
        }
    }

    // MARK: - Offsets

    func mayCommit(_ group: String, member: String, generation: Int32) -> ErrorCode {
        guard let known = groups[group] else { return generation < 0 ? .none : .illegalGeneration }
        return known.mayCommit(member, generation: generation)
    }

    /// Stores offsets; `nil` deletes one.
    func store(_ group: String, _ changes: [String: Committed?], now: Int64) throws {
        guard !changes.isEmpty else { return }
        let encoder = JSONEncoder()
        var records: [Record] = []
        for (partition, committed) in changes {
            records.append(
                Record(
                    offsetDelta: Int32(records.count),
                    key: Array(try encoder.encode(Key(group: group, partition: partition))),
                    value: try committed.map { Array(try encoder.encode($0)) }
                )
            )
        }
        _ = try log.append(ByteBuffer(bytes: Record.batch(records, timestamp: now)), isFromClient: false)
        for (partition, committed) in changes { offsets[group, default: [:]][partition] = committed }
    }

    func committed(_ group: String) -> [String: Committed] {
        offsets[group] ?? [:]
    }
}

extension Storage {
    /// A compacted topic of the broker's own with one partition.
    func internalLog(_ name: String) throws -> PartitionLog {
        if self[name] == nil {
            var configuration = LogConfiguration()
            configuration.isCompacted = true
            configuration.segmentBytes = 4 << 20
            try create(name, partitions: 1, configuration: configuration)
        }
        guard let log = partition(name, 0) else { throw ErrorCode.kafkaStorageError }
        return log
    }
}

extension PartitionLog {
    /// Every record of the log, in order: for the broker's own topics, which are small and uncompressed.
    func forEachRecord(_ body: (Record) throws -> Void) throws {
        var offset = start
        while offset < end {
            let buffer = try read(from: offset, upTo: end, maximum: 1 << 20)
            guard buffer.readableBytes > 0 else { return }
            try buffer.withUnsafeReadableBytes { bytes in
                var position = 0
                while let header = BatchHeader(UnsafeRawBufferPointer(rebasing: bytes[position...])) {
                    let batch = UnsafeRawBufferPointer(rebasing: bytes[position..<position + header.size])
                    let records = Record.read(
                        UnsafeRawBufferPointer(rebasing: batch[BatchHeader.size...]),
                        count: header.recordCount
                    )
                    for record in records ?? [] { try body(record) }
                    offset = header.lastOffset + 1
                    position += header.size
                }
            }
        }
    }
}
