import Foundation
import LocalFleet
import LocalServers

/// NATS JetStream from Debian's package, with file storage, for comparison. Like `dcmms-broker` by default, it acknowledges a
/// record once the operating system has it. Each record is acknowledged separately, as the protocol requires.
///
/// Protocol: https://docs.nats.io/reference/reference-protocols/nats-protocol
enum JetStreamPeer {
    /// The largest number of unacknowledged records. A larger number does not make it faster.
    private static let inFlight = 16_384

    /// The rates in and out; empty if NATS is not installed.
    static func measure(_ count: Int, size: Int, in directory: URL) async throws -> [Rate] {
        guard
            let executable = ["/usr/sbin/nats-server", "/usr/bin/nats-server"].first(
                where: FileManager.default.isExecutableFile
            )
        else {
            say("  not installed: `apt-get install nats-server` puts the peer here")
            return []
        }
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let port = try Port.free()
        let process = try await ServerProcess.start(
            "nats",
            [executable, "-a", "127.0.0.1", "-p", "\(port)", "-js", "-sd", directory.path],
            directory: directory,
            lifetime: .starter
        )
        do {
            try await process.ready { Port.answers(port) }
            let into = try await Rate.measure("NATS JetStream: write, file storage", count, server: process.pid) {
                try publish(count, size, port)
            }
            let out = try await Rate.measure("NATS JetStream: read", count, server: process.pid) {
                try consume(count, port)
            }
            await process.stop()
            try FileManager.default.removeItem(at: directory)
            return [into, out]
        } catch {
            await process.stop()
            throw error
        }
    }

    private static func publish(_ count: Int, _ size: Int, _ port: Int) throws {
        let connection = try NATSConnection(port: port)
        defer { connection.close() }
        try connection.request(
            "$JS.API.STREAM.CREATE.bench",
            #"{"name":"bench","subjects":["bench"],"storage":"file","retention":"limits","max_consumers":-1,"max_msgs":-1,"max_bytes":-1,"max_age":0,"discard":"old","num_replicas":1}"#
        )
        try connection.send("SUB _INBOX.acks 2\r\n")
        let record =
            Array("PUB bench _INBOX.acks \(size)\r\n".utf8) + (0..<size).map { _ in .random(in: 97...122) }
            + Array("\r\n".utf8)
        let batch = Array(repeatElement(record, count: 256).joined())
        var (sent, acknowledged) = (0, 0)
        while acknowledged < count {
            while sent < count, sent - acknowledged < inFlight {
                let records = min(256, count - sent)
                try connection.send(batch[..<(records * record.count)])
                sent += records
            }
            acknowledged += try connection.receiveMessages(refusing: #""error""#)
        }
    }

    private static func consume(_ count: Int, _ port: Int) throws {
        let connection = try NATSConnection(port: port)
        defer { connection.close() }
        try connection.send("SUB _INBOX.data 2\r\n")
        try connection.request(
            "$JS.API.CONSUMER.CREATE.bench",
            #"{"stream_name":"bench","config":{"deliver_subject":"_INBOX.data","deliver_policy":"all","ack_policy":"none","replay_policy":"instant"}}"#
        )
        var received = connection.early
        while received < count { received += try connection.receiveMessages(refusing: nil) }
    }
}
