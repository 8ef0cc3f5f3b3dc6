import AsyncHTTPClient
import Foundation
import Kafka
import LocalServers
import NIOCore
import NIOHTTP1
import Testing

@testable import Broker

/// The limits that docs/broker.md lists: what exceeds a limit is refused, and everything else continues.
@Suite struct LimitTests {
    /// ApiVersions 0.
    private static let question = RawConnection.framed([0, 18, 0, 0, 0, 0, 0, 9, 0xff, 0xff])

    @Test func aConnectionAboveTheLimitIsClosedUntilAnotherEnds() async throws {
        let broker = try await BrokerProcess(try configured("max.connections = 3"))
        let port = broker.port
        try await onThread {
            var connections = try (0..<3).map { _ in try RawConnection(port: port) }
            for connection in connections { try #require(Self.isServed(connection)) }
            try #require(RawConnection(port: port).receive(within: 60_000) == .closed)
            connections.removeFirst()
            for _ in 0..<3000 {
                if Self.isServed(try RawConnection(port: port)) { return }
                usleep(10_000)
            }
            Issue.record("the place that is free again is not given")
        }
        await broker.end()
    }

    @Test func aSilentConnectionIsClosed() async throws {
        let http = try Port.free()
        let broker = try await BrokerProcess(
            try configured("connections.max.idle.ms = 200") + ["--http", "127.0.0.1:\(http)"]
        )
        let port = broker.port
        let answers = try await onThread {
            let silent = try RawConnection(port: port)
            let half = try RawConnection(port: port)
            half.send(Array(Self.question.prefix(9)))
            let page = try RawConnection(port: http)
            page.send(Array("GET /metrics HTTP/1.1\r\n".utf8))
            return [silent, half, page].map { $0.receive(within: 60_000) }
        }
        #expect(answers == [.closed, .closed, .closed])
        await broker.end()
    }

    @Test func connectionsToThePagesDoNotUseUpTheLogsFiles() async throws {
        let http = try Port.free()
        let broker = try await BrokerProcess(["--http", "127.0.0.1:\(http)"])
        let answer = try await onThread {
            let holders = try (0..<100).map { _ in try RawConnection(port: http) }
            return try withExtendedLifetime(holders) { try RawConnection(port: http).receive(within: 60_000) }
        }
        #expect(answer == .closed)
        try await eventually("the pages to be served again") {
            let answer = try? await HTTPClient.shared.execute(
                HTTPClientRequest(url: "http://127.0.0.1:\(http)/healthz"),
                timeout: .seconds(60)
            )
            return answer?.status == .ok ? true : nil
        }
        await broker.end()
    }

    @Test func aFullGroupAcceptsNoNewMember() async throws {
        var limits = Limits()
        limits.groupSize = 2
        let node = try NodeFolder().node(limits: limits)
        var errors: [ErrorCode?] = []
        for _ in 0..<3 { errors.append(Self.error(try await node.ask(11, 4, Self.join("g")), at: 4)) }
        #expect(errors == [.memberIDRequired, .memberIDRequired, .groupMaxSizeReached])
        await node.close()
    }

    @Test func theNumberOfGroupsIsLimited() async throws {
        var limits = Limits()
        limits.groups = 2
        let folder = NodeFolder()
        let node = try folder.node(limits: limits)
        try await node.put("t", "value")
        var errors: [ErrorCode?] = []
        for group in ["joined", "committed", "third"] {
            let isJoin = group == "joined"
            let answer = try await node.ask(
                isJoin ? 11 : 8,
                isJoin ? 4 : 2,
                isJoin ? Self.join(group) : Self.commit(group)
            )
            errors.append(Self.error(answer, at: isJoin ? 4 : answer.count - 2))
        }
        errors.append(Self.error(try await node.ask(11, 4, Self.join("third")), at: 4))
        errors.append(Self.error(try await node.ask(8, 2, Self.commit("committed")).suffix(2), at: 0))
        #expect(errors == [.memberIDRequired, ErrorCode.none, .policyViolation, .groupMaxSizeReached, ErrorCode.none])
        await node.close()
    }

    @Test func aCommitThatWouldBecomeMuchLargerThanItsRequestIsRefused() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.put("t", "value")
        let group = String(repeating: "g", count: 32_000)
        let answer = try await node.ask(8, 2, Self.commit(group, times: 1000))
        // Each of them becomes a record that repeats the group's name.
        let errors = (0..<1000).map { Self.error(answer, at: answer.count - 2 - 6 * $0) }
        #expect(Set(errors) == [.invalidCommitOffsetSize])
        #expect(await node.coordinator.offsets.groups.isEmpty)
        await node.close()
    }

    @Test func theNumberOfTransactionalIDsIsLimited() async throws {
        var limits = Limits()
        limits.transactionalIDs = 1
        let folder = NodeFolder()
        let node = try folder.node(limits: limits)
        var errors: [ErrorCode?] = []
        for id in ["a", "b", "a"] {
            let body = text(id) + Int32(1000).bigEndianBytes
            errors.append(Self.error(try await node.ask(22, 0, body), at: 4))
        }
        #expect(errors == [ErrorCode.none, .policyViolation, ErrorCode.none])
        await node.close()
    }

    @Test func theNumberOfPartitionsIsLimited() async throws {
        var limits = Limits()
        limits.partitions = 4
        let folder = NodeFolder()
        let node = try folder.node(limits: limits)
        _ = try await node.partitions("a", 3)
        await #expect(throws: ErrorCode.policyViolation) { try await node.partitions("b", 2) }
        _ = try await node.partitions("b", 1)
        await node.close()
    }

    @Test(.timeLimit(.minutes(10))) func aFetchThatWouldWaitForWeeksIsAnswered() async throws {
        var limits = Limits()
        limits.fetchWait = 20
        let folder = NodeFolder()
        let node = try folder.node(limits: limits)
        _ = try await node.partitions("t", 1)
        let partition: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] + Int32.max.bigEndianBytes
        let topic = text("t") + Int32(1).bigEndianBytes + partition
        let numbers = [-1, .max, 1, .max].flatMap { (number: Int32) in number.bigEndianBytes }
        let answer = try await node.ask(1, 4, numbers + [0] + Int32(1).bigEndianBytes + topic)
        #expect(answer.suffix(4).elementsEqual(Int32(0).bigEndianBytes))  // no records
        await node.close()
    }

    /// A Java consumer with `fetch.max.bytes=0` sends this.
    @Test func aFetchOfNoBytesGetsTheFirstBatch() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        try await node.put("t", "first")
        let partition = [UInt8](repeating: 0, count: 4 + 8 + 4)  // 0, from offset 0 on, 0 bytes
        let topic = text("t") + Int32(1).bigEndianBytes + partition
        let numbers = [-1, 0, 1, 0].flatMap { (number: Int32) in number.bigEndianBytes }
        let answer = try await node.ask(1, 4, numbers + [0] + Int32(1).bigEndianBytes + topic)
        #expect(String(decoding: answer, as: UTF8.self).contains("first"))
        await node.close()
    }

    @Test func producersThatWereSilentForADayAreForgotten() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        let known = try await node.producersKnownAfterUpkeep()
        #expect(known == [7])
        await node.close()
    }

    // MARK: -

    private static func isServed(_ connection: RawConnection) -> Bool {
        connection.send(question)
        if case .frame = connection.receive(within: 60_000) { return true }
        return false
    }

    private func configured(_ line: String) throws -> [String] {
        let file = FileManager.default.temporaryDirectory.appending(path: "dcmms-\(UUID().uuidString).properties")
        try line.write(to: file, atomically: true, encoding: .utf8)
        return ["--config", file.path]
    }

    private static func error(_ answer: some Collection<UInt8>, at position: Int) -> ErrorCode? {
        let bytes = Array(answer.dropFirst(position).prefix(2))
        return ErrorCode(rawValue: Int16(bytes[0]) << 8 | Int16(bytes[1]))
    }

    /// JoinGroup 4.
    private static func join(_ group: String) -> [UInt8] {
        let timeouts = Int32(60_000).bigEndianBytes + Int32(60_000).bigEndianBytes
        return text(group) + timeouts + text("") + text("consumer") + Int32(1).bigEndianBytes + text("range")
            + Int32(0).bigEndianBytes
    }

    /// OffsetCommit 2, of offset 0 in partition 0 of "t".
    private static func commit(_ group: String, times count: Int = 1) -> [UInt8] {
        let partition = Int32(0).bigEndianBytes + Int64(0).bigEndianBytes + text("")
        return text(group) + Int32(-1).bigEndianBytes + text("") + Int64(-1).bigEndianBytes
            + Int32(1).bigEndianBytes + text("t") + Int32(count).bigEndianBytes
            + (0..<count).flatMap { _ in partition }
    }
}

private func text(_ text: String) -> [UInt8] { Int16(text.utf8.count).bigEndianBytes + Array(text.utf8) }

extension Node {
    fileprivate func partitions(_ name: String, _ count: Int) throws -> Int {
        try createTopic(name, partitions: count).partitions.count
    }

    /// The producers that a partition knows after upkeep. Producer 7 wrote just now, with time stamps of 1970; producer 8
    /// wrote more than a day ago.
    fileprivate func producersKnownAfterUpkeep() async throws -> [Int64] {
        let log = try createTopic("t", partitions: 1).partitions[0]
        for (id, timestamp, arrival) in [(Int64(7), Int64(0), now), (8, now, now - 86_500_000)] {
            var builder = BatchBuilder(timestamp: timestamp)
            builder.add(key: nil, value: [1])
            let batch = builder.batch(producer: .init(id: id, epoch: 0, sequence: 0))
            _ = try batch.withUnsafeBytes { try log.append($0, now: arrival) }
            try #require(log.producers.epoch(of: id) == 0)
        }
        await tendLogs()
        return log.producers.producers.keys.sorted()
    }
}
