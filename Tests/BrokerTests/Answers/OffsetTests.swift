import NIOCore
import Testing

@testable import Broker

/// Where a log begins and ends, and which offset belongs to a time: ListOffsets, OffsetForLeaderEpoch, DeleteRecords.
@Suite struct OffsetTests {
    private static let (latest, earliest, maxTimestamp) = (Int64(-1), Int64(-2), Int64(-3))

    @Test func offsetsAreFoundByPositionAndByTime() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        for timestamp in [1000, 3000, 2000] as [Int64] { try await node.put("t", at: timestamp) }
        #expect(try await node.offset(Self.earliest) == 0)
        #expect(try await node.offset(Self.latest) == 3)
        #expect(try await node.offset(1001) == 1)
        #expect(try await node.offset(3001) == -1)
        #expect(try await node.offset(Self.maxTimestamp) == 1)
        await node.close()
    }

    @Test func readCommittedFindsNoUndecidedOffsets() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        try await node.put("t", at: 1000)
        try await node.put("t", at: 2000, producer: .init(id: 7, epoch: 0, sequence: 0))
        for (asked, readsAll, readsCommitted) in [
            (Self.latest, 2, 1), (2000, 1, -1), (Self.maxTimestamp, 1, -1), (Self.earliest, 0, 0),
        ] as [(Int64, Int64, Int64)] {
            #expect(try await node.offset(asked) == readsAll, "\(asked)")
            #expect(try await node.offset(asked, readsCommitted: true) == readsCommitted, "\(asked)")
        }
        await node.close()
    }

    /// Younger records of the same segment are found as before, in every way, and also after a kill.
    @Test func deletedRecordsStayDeletedAndHideNoOthers() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        for number in 0..<10 { try await node.put("t", at: Int64(1000 + number)) }
        #expect(try await node.deleteRecords(before: 6) == 6)
        // What a start after a kill at this moment would find.
        let copy = NodeFolder()
        try folder.copy(to: copy)
        await node.close()
        for found in [folder, copy] {
            let node = try found.node()
            try await node.open()
            #expect(try await node.offset(Self.earliest) == 6)
            #expect(try await node.offset(0) == 6)
            #expect(try await node.offset(1008) == 8)
            #expect(try await node.offset(Self.maxTimestamp) == 9)
            #expect(try await node.deleteRecords(before: 11) == -1)
            await node.close()
        }
    }

    /// If "latest" were before "earliest", a consumer would jump from one to the other and back.
    @Test func aTransactionThatBeganInDeletedRecordsDoesNotMoveLatestBeforeEarliest() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        try await node.put("t", at: 1000, producer: .init(id: 7, epoch: 0, sequence: 0))
        for _ in 1..<4 { try await node.put("t", at: 1000) }
        #expect(try await node.offset(Self.latest, readsCommitted: true) == 0)
        #expect(try await node.deleteRecords(before: 2) == 2)
        #expect(try await node.offset(Self.latest, readsCommitted: true) == 2)
        #expect(try await node.offset(Self.latest) == 4)
        await node.close()
    }

    @Test func theOnlyLeaderEpochEndsWhereTheLogEnds() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        try await node.put("t", at: 1000)
        for (epoch, expected) in [(0, (ErrorCode.none, 0, 1)), (1, (ErrorCode.none, -1, -1))]
            as [(
                Int32, (ErrorCode, Int32, Int64)
            )]
        {
            let found = try await node.end(ofEpoch: epoch, in: "t")
            #expect(found == expected, "\(epoch)")
        }
        #expect(try await node.end(ofEpoch: 0, in: "unknown") == (.unknownTopicOrPartition, -1, -1))
        await node.close()
    }
}

extension Node {
    /// One record, in an open transaction if it has a producer.
    fileprivate func put(_ topic: String, at timestamp: Int64, producer: BatchBuilder.Producer = .init()) throws {
        let log = try log(topic, 0) ?? createTopic(topic, partitions: 1).partitions[0]
        var builder = BatchBuilder(timestamp: timestamp)
        builder.add(key: nil, value: [1])
        _ = try builder.batch(producer: producer, attributes: producer.id < 0 ? 0 : 0b1_0000).withUnsafeBytes {
            try log.append($0, now: now)
        }
    }

    /// By ListOffsets 2.
    fileprivate func offset(_ asked: Int64, readsCommitted: Bool = false) async throws -> Int64 {
        let isolation = Int8(readsCommitted ? 1 : 0)
        var answer = try await ask(2, 2, Body().int32(-1).int8(isolation).one("t").one().int32(0).int64(asked))
        _ = (try answer.read(Int32.self), try answer.read(Int32.self), try answer.string(), try answer.read(Int32.self))
        _ = try answer.read(Int32.self)
        #expect(try answer.read(Int16.self) == 0)
        _ = try answer.read(Int64.self)  // its timestamp
        return try answer.read()
    }

    /// By DeleteRecords 0.
    ///
    /// - Returns: where the log begins now.
    fileprivate func deleteRecords(before offset: Int64) async throws -> Int64 {
        var answer = try await ask(21, 0, Body().one("t").one().int32(0).int64(offset).int32(1000))
        _ = (try answer.read(Int32.self), try answer.read(Int32.self), try answer.string(), try answer.read(Int32.self))
        _ = try answer.read(Int32.self)
        return try answer.read()
    }

    /// By OffsetForLeaderEpoch 2.
    fileprivate func end(ofEpoch epoch: Int32, in topic: String) async throws -> (ErrorCode, Int32, Int64) {
        var answer = try await ask(23, 2, Body().one(topic).one().int32(0).int32(0).int32(epoch))
        _ = (try answer.read(Int32.self), try answer.read(Int32.self), try answer.string(), try answer.read(Int32.self))
        let error = try #require(ErrorCode(rawValue: try answer.read()))
        _ = try answer.read(Int32.self)
        return (error, try answer.read(), try answer.read())
    }
}
