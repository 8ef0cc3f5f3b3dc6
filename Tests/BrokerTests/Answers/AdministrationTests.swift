import NIOCore
import Testing

@testable import Broker

/// What administrators can change, and that the change survives a restart.
@Suite struct AdministrationTests {
    @Test func partitionsCanOnlyBeAddedAndSurviveARestart() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        try await node.put("t", "a")
        #expect(try await node.widen("t", to: 3, validatesOnly: true) == .none)
        #expect(await node.partitionCounts == ["t": 1])
        #expect(try await node.widen("t", to: 3) == .none)
        #expect(try await node.widen("t", to: 2) == .invalidPartitions)
        #expect(try await node.widen("unknown", to: 2) == .unknownTopicOrPartition)
        await node.close()
        let again = try folder.node()
        try await again.open()
        #expect(await again.partitionCounts == ["t": 3])
        await again.close()
    }

    @Test func aTopicIsCreatedAsRequestedOrNotAtAll() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        #expect(try await node.create("tried", validatesOnly: true) == .none)
        #expect(try await node.create("wide", partitions: -1) == .none)
        #expect(try await node.create("wide") == .topicAlreadyExists)
        #expect(try await node.create("replicated", replication: 3) == .invalidReplicationFactor)
        #expect(try await node.create("empty", partitions: 0) == .invalidPartitions)
        #expect(try await node.create("a/b") == .invalidTopic)
        #expect(await node.partitionCounts == ["wide": 3])
        await node.close()
    }

    @Test func alterReplacesAllSettingsAndIncrementalAlterOnlyTheNamedOnes() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        try await node.put("t", "a")
        #expect(
            try await node.alter("t", incrementally: [("retention.ms", 0, "5"), ("segment.bytes", 0, "2048")]) == .none
        )
        #expect(try await node.alter("t", incrementally: [("retention.ms", 0, "6")]) == .none)
        #expect(await node.overrides("t") == ["retention.ms": "6", "segment.bytes": "2048"])
        #expect(try await node.alter("t", incrementally: [("retention.ms", 1, nil)]) == .none)
        #expect(await node.overrides("t") == ["segment.bytes": "2048"])
        // A list setting starts from its default elements; elements are added and removed. A setting that is not a list
        // refuses this.
        #expect(try await node.alter("t", incrementally: [("cleanup.policy", 2, "compact")]) == .none)
        #expect(await node.overrides("t")?["cleanup.policy"] == "delete,compact")
        #expect(try await node.alter("t", incrementally: [("cleanup.policy", 3, "delete")]) == .none)
        #expect(await node.overrides("t")?["cleanup.policy"] == "compact")
        #expect(try await node.alter("t", incrementally: [("cleanup.policy", 3, "compact")]) == .invalidConfig)
        #expect(try await node.alter("t", incrementally: [("cleanup.policy", 1, nil)]) == .none)
        // All or nothing.
        #expect(
            try await node.alter("t", incrementally: [("flush.ms", 0, "1"), ("flush.ms", 2, "1")]) == .invalidConfig
        )
        #expect(try await node.alter("t", to: ["flush.ms": "1", "no.such": "1"]) == .invalidConfig)
        #expect(try await node.alter("t", to: ["flush.ms": "1"], validatesOnly: true) == .none)
        #expect(await node.overrides("t") == ["segment.bytes": "2048"])
        #expect(try await node.alter("t", to: ["retention.bytes": "9"]) == .none)
        await node.close()
        let again = try folder.node()
        try await again.open()
        #expect(await again.overrides("t") == ["retention.bytes": "9"])
        await again.close()
    }

    @Test func deletingAGroupDeletesItsOffsets() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        try await node.put("t", "a")
        for group in ["gone", "kept"] { #expect(try await node.commit(1, of: group) == .none) }
        #expect(try await node.groups() == ["gone", "kept"])
        // A member id was given out, and nobody has joined with it yet.
        _ = try await node.ask(
            11,
            4,
            Body().string("kept").int32(60_000).int32(60_000).string("").string("consumer").one("range").bytes([])
        )
        #expect(try await node.deleteGroup("kept") == .nonEmptyGroup)
        #expect(try await node.deleteGroup("gone") == .none)
        #expect(try await node.deleteGroup("gone") == .groupIDNotFound)
        await node.close()
        let again = try folder.node()
        try await again.open()
        #expect(try await again.groups() == ["kept"])
        #expect(try await again.committed("gone") == -1)
        #expect(try await again.committed("kept") == 1)
        await again.close()
    }

    @Test func theClusterIsOneNodeAndKeepsItsID() async throws {
        let folder = NodeFolder()
        var ids: Set<String> = []
        for _ in 0..<2 {
            let node = try folder.node()
            try await node.open()
            await node.advertise(Endpoint(host: "broker.invalid", port: 9099))
            // DescribeCluster 0, flexible from the beginning.
            var answer = WireReader(ByteBuffer(bytes: try await node.ask(60, 0, [0, 0, 0])), isFlexible: true)
            _ = (try answer.read(Int32.self), try answer.read(Int16.self), try answer.nullableString())
            ids.insert(try answer.string())
            #expect(try answer.read(Int32.self) == 1)  // controller
            let nodes = try answer.array { node in
                let address = (try node.read(Int32.self), try node.string(), try node.read(Int32.self))
                _ = try node.nullableString()  // rack
                try node.tags()
                return "\(address)"
            }
            #expect(nodes == [#"(1, "broker.invalid", 9099)"#])
            await node.close()
        }
        #expect(ids.count == 1 && ids.first?.isEmpty == false)
    }

    @Test func anUnknownAcksValueIsRefused() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        try await node.put("t", "a")
        for (acks, expected) in [
            (1, ErrorCode.none), (-1, .none), (2, .invalidRequiredAcks), (-2, .invalidRequiredAcks),
        ] {
            var builder = BatchBuilder(timestamp: 0)
            builder.add(key: nil, value: [1])
            let body = Body().string(nil).int16(Int16(acks)).int32(1000).one("t").one().int32(0).bytes(builder.batch())
            var answer = try await node.ask(0, 3, body)
            _ = (try answer.read(Int32.self), try answer.string(), try answer.read(Int64.self))
            #expect(ErrorCode(rawValue: try answer.read()) == expected, "\(acks)")
        }
        await node.close()
    }
}

extension Node {
    fileprivate var partitionCounts: [String: Int] { topics.mapValues(\.partitions.count) }

    fileprivate func overrides(_ topic: String) -> [String: String]? { topics[topic]?.settings.overrides }

    private func error(_ answer: WireReader, behind skip: (inout WireReader) throws -> Void) throws -> ErrorCode {
        var answer = answer
        try skip(&answer)
        return try #require(ErrorCode(rawValue: try answer.read()))
    }

    /// Skips the throttle time, the array's length, and the name in its only element.
    private func nameOfOne(_ answer: inout WireReader) throws {
        _ = (try answer.read(Int32.self), try answer.read(Int32.self), try answer.string())
    }

    /// By CreatePartitions 0.
    fileprivate func widen(
        _ topic: String,
        to count: Int32,
        validatesOnly: Bool = false
    ) async throws -> ErrorCode {
        let body = Body().one(topic).int32(count).int32(-1).int32(1000).int8(validatesOnly ? 1 : 0)
        return try error(try await ask(37, 0, body), behind: nameOfOne)
    }

    /// By CreateTopics 2.
    fileprivate func create(
        _ topic: String,
        partitions: Int32 = 1,
        replication: Int16 = 1,
        validatesOnly: Bool = false
    ) async throws -> ErrorCode {
        let body = Body().one(topic).int32(partitions).int16(replication).int32(0).int32(0).int32(1000)
            .int8(validatesOnly ? 1 : 0)
        return try error(try await ask(19, 2, body), behind: nameOfOne)
    }

    /// By AlterConfigs 0.
    fileprivate func alter(
        _ topic: String,
        to configuration: [String: String],
        validatesOnly: Bool = false
    ) async throws -> ErrorCode {
        var body = Body().one().int8(2).string(topic).int32(Int32(configuration.count))
        for (name, value) in configuration { body = body.string(name).string(value) }
        return try error(try await ask(33, 0, body.int8(validatesOnly ? 1 : 0))) {
            _ = (try $0.read(Int32.self), try $0.read(Int32.self))
        }
    }

    /// By IncrementalAlterConfigs 0: 0 sets a key, 1 removes it.
    fileprivate func alter(
        _ topic: String,
        incrementally changes: [(name: String, operation: Int8, value: String?)]
    ) async throws -> ErrorCode {
        var body = Body().one().int8(2).string(topic).int32(Int32(changes.count))
        for change in changes { body = body.string(change.name).int8(change.operation).string(change.value) }
        return try error(try await ask(44, 0, body.int8(0))) {
            _ = (try $0.read(Int32.self), try $0.read(Int32.self))
        }
    }

    /// By OffsetCommit 2.
    fileprivate func commit(_ offset: Int64, of group: String) async throws -> ErrorCode {
        let body = Body().string(group).int32(-1).string("").int64(-1).one("t").one().int32(0).int64(offset).string("")
        return try error(try await ask(8, 2, body)) {
            _ = (try $0.read(Int32.self), try $0.string(), try $0.read(Int32.self), try $0.read(Int32.self))
        }
    }

    /// By OffsetFetch 1.
    fileprivate func committed(_ group: String) async throws -> Int64 {
        var answer = try await ask(9, 1, Body().string(group).one("t").one().int32(0))
        _ = (try answer.read(Int32.self), try answer.string(), try answer.read(Int32.self), try answer.read(Int32.self))
        return try answer.read()
    }

    /// By ListGroups 0.
    fileprivate func groups() async throws -> [String] {
        var answer = try await ask(16, 0, Body())
        _ = try answer.read(Int16.self)
        return try answer.array { (try $0.string(), try $0.string()) }.map(\.0)
    }

    /// By DeleteGroups 0.
    fileprivate func deleteGroup(_ group: String) async throws -> ErrorCode {
        try error(try await ask(42, 0, Body().one(group)), behind: nameOfOne)
    }
}
