import NIOCore
import NIOPosix
import TestSupport
import Testing

/// The wire protocol: what a client gets that asks for too much, or sends nonsense.
@Suite struct WireTests {
    @Test func anUnknownVersionOfApiVersionsIsAnsweredInTheOldestForm() async throws {
        let broker = try await BrokerProcess()
        var answer = try #require(try await exchange(broker, request(key: 18, version: 99)))
        let header = answer.readMultipleIntegers(as: (Int32, Int16, Int32).self)
        let (correlation, error, count) = try #require(header)
        #expect(correlation == 1)
        #expect(error == 35)
        #expect(count > 20)
        #expect(answer.readableBytes == Int(count) * 6)
        await broker.end()
    }

    @Test func anUnknownOrTruncatedRequestEndsOnlyItsOwnConnection() async throws {
        let broker = try await BrokerProcess()
        let healthy = request(key: 18, version: 0)
        let bad: [ByteBuffer] = [
            request(key: 9999, version: 0),
            request(key: 0, version: 99),
            request(key: 3, version: 9, body: [0xff, 0xff, 0xff, 0xff, 0x0f]),
            request(key: 1, version: 4, body: [1, 2, 3]),
            ByteBuffer(bytes: [0x7f, 0xff, 0xff, 0xff, 0, 0]),  // a senseless length
            ByteBuffer(bytes: [0xff, 0xff, 0xff, 0xff]),
        ]
        for frame in bad {
            #expect(try await exchange(broker, frame) == nil)
            #expect(try await exchange(broker, healthy) != nil)
        }
        await broker.end()
    }

    @Test func randomBytesDoNotDisturbOtherClients() async throws {
        let broker = try await BrokerProcess()
        var generator = Seeded(state: 42)
        for _ in 0..<200 {
            let key = Int16(generator.next() % 64)
            let version = Int16(generator.next() % 10)
            let body = (0..<Int(generator.next() % 64)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            _ = try await exchange(broker, request(key: key, version: version, body: body), waits: false)
        }
        #expect(try await exchange(broker, request(key: 18, version: 0)) != nil)
        await broker.end()
    }

    private func request(key: Int16, version: Int16, body: [UInt8] = []) -> ByteBuffer {
        var frame = ByteBuffer()
        frame.writeInteger(Int32(10 + body.count))
        frame.writeInteger(key)
        frame.writeInteger(version)
        frame.writeInteger(Int32(1))  // correlation
        frame.writeInteger(Int16(-1))  // client id
        frame.writeBytes(body)
        return frame
    }

    /// Sends a frame over a new connection and returns the answer without its length; nil if the connection is closed
    /// instead.
    private func exchange(_ broker: BrokerProcess, _ frame: ByteBuffer, waits: Bool = true) async throws -> ByteBuffer?
    {
        let port = Int(broker.bootstrap.split(separator: ":")[1]) ?? 0
        let client = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await client.executeThenClose { inbound, outbound in
            try await outbound.write(frame)
            guard waits else { return nil }
            var received = ByteBuffer()
            do {
                for try await part in inbound {
                    received.writeImmutableBuffer(part)
                    guard let length: Int32 = received.getInteger(at: 0), received.readableBytes >= 4 + Int(length)
                    else {
                        continue
                    }
                    received.moveReaderIndex(forwardBy: 4)
                    return received
                }
            } catch is IOError {  // reset: closed as well
            }
            return nil
        }
    }

    /// The same pseudo-random bytes in every run.
    private struct Seeded: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
    }
}
