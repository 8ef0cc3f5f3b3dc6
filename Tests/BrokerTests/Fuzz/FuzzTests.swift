import Foundation
import Kafka
import LocalServers
import Synchronization
import TestSupport
import Testing

@testable import Broker

/// Clients that send what no client should, over real connections, while a correct client continues its work.
@Suite struct FuzzTests {
    /// The most memory that a broker may use when it gets all of this (it starts at about 30 MB in a debug build).
    private static let memoryLimit = 200 << 20

    @Test func everyRequestThatKafkaDefinesIsAnsweredInEveryVersion() async throws {
        let broker = try await BrokerProcess()
        let port = broker.port
        try await onThread {
            var maker = RequestMaker(random: Seeded(7))
            for api in API.all {
                _ = try #require(RequestShape.all[api.key], "\(api.name) has no shape to make requests from")
                for version in api.versions {
                    for _ in 0..<3 {
                        let made = maker.wellFormed(api, version)
                        let connection = try RawConnection(port: port)
                        connection.send(RawConnection.framed(made.bytes))
                        let answer = connection.receive(within: api.key == 0 ? 300 : 5000)
                        // A produce with acks=0 gets no answer; if it is refused, its connection is closed.
                        if api.key == 0 && (answer == .nothing || answer == .closed) { continue }
                        // A request whose strings are not UTF-8 gets no answer either.
                        if answer == .closed && made.bytes.contains(0xff) && made.bytes.count > 30_000 { continue }
                        guard case .frame(let bytes) = answer else {
                            Issue.record("\(api.name) \(version): \(answer) for \(made.bytes)")
                            continue
                        }
                        #expect(bytes.starts(with: made.correlation.bigEndianBytes), "\(api.name) \(version)")
                    }
                }
            }
        }
        #expect(broker.isRunning, "\(broker.lastWords)")
        await broker.end()
    }

    @Test func noFrameStopsTheBrokerOrDisturbsAnotherClient() async throws {
        let broker = try await BrokerProcess()
        try await KafkaAdmin(broker.settings).create([.init(name: "steady", partitions: 1)])
        let isOver = Atomic(false)
        let producer = try KafkaProducer(broker.settings)
        let steady = Task {
            var sent = 0
            while !isOver.load(ordering: .relaxed) {
                try await producer.send(
                    (sent..<sent + 10).map { KafkaRecord(topic: "steady", key: nil, value: Array("\($0)".utf8)) }
                )
                sent += 10
            }
            return sent
        }
        let frames = isFullScale ? 100_000 : 2_000
        let attackers = 4
        let port = broker.port
        await withTaskGroup { tasks in
            for attacker in 0..<attackers {
                tasks.addTask {
                    try? await onThread { Self.attack(port: port, seed: UInt64(attacker), frames: frames / attackers) }
                }
            }
        }
        isOver.store(true, ordering: .relaxed)
        try #require(broker.isRunning, "\(broker.lastWords)")
        let sent = try await steady.value
        await producer.close()
        try await broker.send("steady", ["end"])
        #expect(try await broker.values("steady") == (0..<sent).map(String.init))
        let memory = try broker.peakMemory()
        #expect(memory < Self.memoryLimit, "\(memory >> 20) MB")
        print("\(frames) frames: at most \(memory >> 20) MB")
        // The broker can open what the frames have left on the disk.
        try await broker.killAndRestart()
        #expect(try await broker.values("steady") == (0..<sent).map(String.init))
        await broker.end()
    }

    /// Sends frames until all are sent or the broker is gone.
    private static func attack(port: Int, seed: UInt64, frames: Int) {
        var maker = RequestMaker(random: Seeded(seed))
        var connection: RawConnection?
        for _ in 0..<frames {
            guard let current = connection ?? (try? RawConnection(port: port)) else { return }
            connection = current
            // A third of the requests are produces: batches are stored, and all parts of the broker read them again.
            let api = maker.random.next() % 3 == 0 ? API.all[0] : maker.random.choice(API.all)
            let version = api.versions.randomElement(using: &maker.random) ?? 0
            let made = maker.wellFormed(api, version)
            switch maker.random.next() % 16 {
            case 0:  // a length that is not the frame's
                let length = maker.random.choice([Int32.max, .min, -1, 0, 7, Int32(made.bytes.count) + 1, 100 << 20])
                current.send(RawConnection.framed(made.bytes, length: length))
                connection = nil  // dropped
            case 1:  // not a frame
                current.send((0..<maker.random.next() % 64).map { _ in UInt8(truncatingIfNeeded: maker.random.next()) })
                connection = nil
            case 2:  // cut short
                current.send(Array(RawConnection.framed(made.bytes).dropLast(1 + Int(maker.random.next() % 8))))
                current.finishSending()
                connection = nil
            case 3...6:
                current.send(RawConnection.framed(made.bytes))
                if case .frame = current.receive(within: 300) {} else { connection = nil }
            default:
                current.send(RawConnection.framed(maker.broken(made)))
                if case .frame = current.receive(within: made.key == 0 ? 5 : 60) {} else { connection = nil }
            }
        }
    }
}

extension FixedWidthInteger {
    var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}

extension BrokerProcess {
    func peakMemory() throws -> Int { try BrokerTests.peakMemory(of: pid) }
}

/// The most memory that a process has had resident, in bytes.
func peakMemory(of pid: Int32) throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(separator: " ").compactMap { Int($0) }.first ?? 0) << 10
}

/// Runs blocking work on its own thread.
func onThread<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
        Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
    }
}
