import Foundation
import Kafka
import Testing

@testable import Broker

/// Requests that have stopped the broker, or would have: all findings of the fuzzer and of reading the code as an attacker.
@Suite struct AttackTests {
    @Test func aFalseBatchIsRefusedAndTheNextOneAccepted() async throws {
        let broker = try await BrokerProcess()
        try await KafkaAdmin(broker.settings).create([.init(name: "log", partitions: 1)])
        let port = broker.port
        try await onThread {
            var honest = BatchBuilder(timestamp: 1_700_000_000_000)
            honest.add(key: nil, value: [1])
            honest.add(key: nil, value: [2])
            var beforeAllTime = BatchBuilder(timestamp: .min)
            beforeAllTime.add(key: nil, value: [1])
            let longest: [UInt8] = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]  // Int64.max as varint
            let batch = honest.batch()
            let (count, lastOffset) = (57, 23)
            let lies: [(batch: [UInt8], error: ErrorCode)] = [
                (beforeAllTime.batch(), .invalidTimestamp),
                (batch.with(longest, at: 61), .invalidRecord),  // a record's length
                (batch.with([2], at: 64), .invalidRecord),  // a record's offset
                (batch.with([0, 0, 0, 3], at: count).with([0, 0, 0, 2], at: lastOffset), .invalidRecord),
                (batch.with([0, 0, 0, 1], at: count).with([0, 0, 0, 0], at: lastOffset), .invalidRecord),
                (batch.with([0x7f, 0xff, 0xff, 0xff], at: count), .invalidRecord),
                (honest.batch(attributes: 0x20), .invalidRecord),  // a transaction marker
            ]
            for (index, lie) in lies.enumerated() {
                let refused = try Self.produce(lie.batch, port: port)
                #expect(refused == lie.error.rawValue, "lie \(index)")
                let taken = try Self.produce(batch, port: port)
                #expect(taken == 0, "after lie \(index)")
            }
        }
        #expect(broker.isRunning, "\(broker.lastWords)")
        await broker.end()
    }

    @Test func readingAheadOfAWaitingRequestIsLimited() async throws {
        let broker = try await BrokerProcess()
        try await KafkaAdmin(broker.settings).create([.init(name: "log", partitions: 1)])
        let port = broker.port
        try await onThread {
            let one: [UInt8] = [0, 0, 0, 1]
            let numbers = [-1, 60_000, 1, .max].flatMap { (number: Int32) in number.bigEndianBytes }
            let partition = bytes([0, 0, 0, 0], [UInt8](repeating: 0, count: 8), Int32.max.bigEndianBytes)
            let poll = bytes(
                [0, 1, 0, 4, 0, 0, 0, 1, 0xff, 0xff],
                numbers,
                [0],
                one,
                [0, 3],
                Array("log".utf8),
                one,
                partition
            )
            let large = bytes([0, 0, 0, 3, 0, 0, 0, 2, 0xff, 0xff], [UInt8](repeating: 0, count: 90 << 20))
            let clients = try (0..<3).map { _ in
                let client = try RawConnection(port: port)
                client.send(RawConnection.framed(poll))
                client.send(RawConnection.framed(large))
                return client
            }
            // The others wait for a minute.
            let isOneClosed = (0..<60).contains { _ in clients.contains { $0.receive(within: 300) == .closed } }
            #expect(isOneClosed)
        }
        await broker.stop()
    }

    @Test func aRequestThatAsksForTooMuchEndsItsOwnConnectionOnly() async throws {
        let broker = try await BrokerProcess()
        try await KafkaAdmin(broker.settings).create([.init(name: "wide", partitions: 500)])
        let (port, before) = (broker.port, try broker.peakMemory())
        try await onThread {
            let name = bytes([0, 4], Array("wide".utf8))
            let one: [UInt8] = [0, 0, 0, 1]
            let manyTimes = bytes([0, 0, 0x4e, 0x20], Array(repeatElement(name, count: 20_000).joined()), [1])
            let metadata = try Self.answer(3, 4, manyTimes, port: port)  // would be 340 MB
            #expect(metadata == .closed)
            let notText = bytes(one, [0x4e, 0x20], [UInt8](repeating: 0xff, count: 20_000))
            let unreadable = try Self.answer(3, 1, notText, port: port)
            #expect(unreadable == .closed)
            // Lists of 50 MB: refused by their length, before they are sent.
            let connection = try RawConnection(port: port)
            connection.send(RawConnection.framed([0, 3, 0, 1, 0, 0, 0, 1], length: 50 << 20))
            #expect(connection.receive(within: 120_000) == .closed)
            // An error message that quotes the longest possible name is longer than a string may be.
            let longName = bytes([0x7f, 0xff], [UInt8](repeating: 0x61, count: Int(Int16.max)))
            let configuration = bytes(one, [2], name, one, longName, [0, 1, 0x31, 0])
            guard case .frame = try Self.answer(33, 0, configuration, port: port) else {
                Issue.record("no answer to a long name")
                return
            }
            // Every member's protocols are compared with every other's.
            let protocols = [[UInt8]](repeating: [0, 1, 0x78, 0, 0, 0, 0], count: 100)
            let timeout: [UInt8] = [0, 0, 3, 0xe8]
            let member: [UInt8] = [0, 0, 0, 1, 0x63]
            let join = bytes([0, 1, 0x67], timeout, member, [0, 0, 0, 100], Array(protocols.joined()))
            guard case .frame(let joined) = try Self.answer(11, 0, join, port: port) else {
                Issue.record("no answer to many protocols")
                return
            }
            #expect(joined[4...5].elementsEqual([0, 23]))
        }
        #expect(try broker.peakMemory() - before < 150 << 20)
        try await broker.send("wide", ["still served"])
        await broker.end()
    }

    @Test func aClientCanSendOneByteAtATimeWhileOthersComeAndGo() async throws {
        let broker = try await BrokerProcess()
        let port = broker.port
        try await onThread {
            let slow = try RawConnection(port: port)
            let frame = RawConnection.framed([0, 18, 0, 0, 0, 0, 0, 9, 0xff, 0xff])
            for byte in frame {
                slow.send([byte])
                for _ in 0..<20 { _ = try RawConnection(port: port) }
            }
            guard case .frame(let answer) = slow.receive(within: 120_000) else {
                Issue.record("no answer to a slow client")
                return
            }
            #expect(answer.starts(with: [0, 0, 0, 9]))
        }
        #expect(broker.isRunning, "\(broker.lastWords)")
        await broker.end()
    }

    @Test func clientsThatNeverReadHoldBoundedMemory() async throws {
        let broker = try await BrokerProcess()
        try await KafkaAdmin(broker.settings).create([.init(name: "log", partitions: 1)])
        let producer = try KafkaProducer(broker.settings)
        let value = [UInt8](repeating: 7, count: 500_000)
        for _ in 0..<40 { try await producer.send([KafkaRecord(topic: "log", key: nil, value: value)]) }
        await producer.close()
        // The answers must be read from the disk first: many clients ask before the first answer is sent.
        try await broker.stopAndRestart()
        let port = broker.port
        let lazy = try await onThread {
            let most: [UInt8] = [0x7f, 0xff, 0xff, 0xff]
            let one: [UInt8] = [0, 0, 0, 1]
            let partition = bytes([0, 0, 0, 0], [UInt8](repeating: 0, count: 8), most)
            let topic = bytes([0, 3], Array("log".utf8), one, partition)
            let fetch = bytes([0xff, 0xff, 0xff, 0xff], [0, 0, 0, 100], one, most, [0], one, topic)
            let frame = RawConnection.framed(bytes(Self.header(1, 4), fetch))
            return try (0..<(isFullScale ? 200 : 30)).map { _ in
                let connection = try RawConnection(port: port, receiveBuffer: 4096)
                for _ in 0..<20 { connection.send(frame) }
                return connection
            }
        }
        // The disk's threads serve requests in order: once this is read, the earlier requests were served as well.
        try await broker.send("log", ["end"])
        #expect(try await broker.values("log").count == 40)
        // Everybody gets at least one batch of 0.5 MB, in two answers: one is being sent, the next one waits behind it. Beside
        // them are the 128 MB that all share. Answers of 16 MB each would be 960 MB and 6 GB.
        let memory = try broker.peakMemory()
        #expect(memory < (300 + 2 * lazy.count) << 20, "\(memory >> 20) MB")
        await broker.end()
    }

    @Test(.enabled(if: isFullScale)) func unfinishedRequestsHoldBoundedMemory() async throws {
        let broker = try await BrokerProcess()
        let port = broker.port
        try await onThread {
            let half = RawConnection.framed([UInt8](repeating: 0, count: 80 << 20), length: 100 << 20)
            let connections = try (0..<8).map { _ in try RawConnection(port: port) }
            for connection in connections { connection.send(half) }
            #expect(connections.filter { $0.receive(within: 1000) == .closed }.count >= 4)
        }
        #expect(try broker.peakMemory() < 700 << 20)
        try await broker.send("log", ["still served"])
        await broker.end()
    }

    private static func header(_ key: Int16, _ version: Int16) -> [UInt8] {
        bytes(key.bigEndianBytes, version.bigEndianBytes, [0, 0, 0, 1, 0xff, 0xff])
    }

    private static func answer(_ key: Int16, _ version: Int16, _ body: [UInt8], port: Int) throws
        -> RawConnection.Answer
    {
        let connection = try RawConnection(port: port)
        connection.send(RawConnection.framed(bytes(header(key, version), body)))
        return connection.receive(within: 120_000)
    }

    /// The error in the answer to a batch for partition 0 of "log".
    private static func produce(_ batch: [UInt8], port: Int) throws -> Int16? {
        let one: [UInt8] = [0, 0, 0, 1]
        let records = bytes(Int32(batch.count).bigEndianBytes, batch)
        let topic = bytes([0, 3], Array("log".utf8), one, [0, 0, 0, 0], records)
        let body = bytes([0xff, 0xff, 0, 1, 0, 0, 0, 0], one, topic)
        guard case .frame(let answer) = try answer(0, 3, body, port: port) else { return nil }
        return Int16(answer[22])
    }
}

extension [UInt8] {
    /// A batch with other bytes at a position, and the right checksum for them.
    fileprivate func with(_ bytes: [UInt8], at position: Int) -> [UInt8] {
        var changed = self
        changed.replaceSubrange(position..<position + bytes.count, with: bytes)
        let checksum = CRC32C.checksum(Array(changed[BatchHeader.checksummedFrom...]))
        changed.replaceSubrange(17..<21, with: checksum.bigEndianBytes)
        return changed
    }
}

private func bytes(_ parts: [UInt8]...) -> [UInt8] { Array(parts.joined()) }
