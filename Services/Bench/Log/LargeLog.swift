import Foundation
import Kafka
import LocalFleet
import LocalServers
import Logging

/// Measures a log that is larger than memory: the time to open it after a clean stop, and the memory of the broker.
enum LargeLog {
    private static let recordSize = 100_000

    static func measure(gigabytes: Int, in directory: URL) async throws {
        let room = try directory.deletingLastPathComponent().resourceValues(forKeys: [.volumeAvailableCapacityKey])
        guard let free = room.volumeAvailableCapacity, free > (gigabytes + 2) << 30 else {
            say("\nNot measured: a log of \(gigabytes) GB needs \(gigabytes + 2) GB of free disk")
            return
        }
        let count = gigabytes * 1_000_000_000 / recordSize
        say("\n# A log of \(gigabytes) GB\n")
        var server = try await BrokerServer.start(in: directory)
        do {
            let (bootstrap, filledBy) = (server.bootstrap, server.process.pid)
            let settings = KafkaSettings(bootstrapServers: bootstrap, clientID: "bench", logger: Logger(label: "bench"))
            try await KafkaAdmin(settings).create([.init(name: "large", partitions: 3)])
            try await onThread {
                try PlainProducer(bootstrap, ["linger.ms": "5", "queue.buffering.max.kbytes": "262144"])
                    .send(count, of: recordSize, to: "large", partitions: 3)
            }
            say("* memory of the broker when it is filled: \(ProcessUsage.of(filledBy).memory >> 20) MB")
            await server.process.stop()

            let begin = ContinuousClock.now
            server = try await BrokerServer.start(in: directory)
            let took = ContinuousClock.now - begin
            say("* opened and serving after a clean stop: \(took.microseconds / 1000) ms")
            let (again, pid) = (server.bootstrap, server.process.pid)
            try await onThread { try PlainConsumer.read(count, of: "large", partitions: 3, from: again) }
            say("* memory of the broker when all of it was read: \(ProcessUsage.of(pid).memory >> 20) MB")
        } catch {
            await server.process.stop()
            throw error
        }
        await server.process.stop()
        try FileManager.default.removeItem(at: directory)
    }
}
