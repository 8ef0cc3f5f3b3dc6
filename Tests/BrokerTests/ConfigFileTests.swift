import ArgumentParser
import Foundation
import Testing

@testable import Broker

/// `--config FILE`, and that the command line wins over it.
@Suite struct ConfigFileTests {
    private let path = FileManager.default.temporaryDirectory.appending(path: "dcmms-\(UUID().uuidString).properties")
        .path

    @Test func kafkasOwnNamesAreAccepted() throws {
        let settings = try settings(
            """
            # a small site
            listeners = PLAINTEXT://127.0.0.1:9192
            advertised.listeners=PLAINTEXT://localhost:9192
            log.dirs = /var/lib/log

            num.partitions = 6
            auto.create.topics.enable = false
            group.initial.rebalance.delay.ms = 0
            offsets.retention.minutes = 60
            log.retention.ms = 3600000
            log.segment.bytes = 1048576
            log.flush.interval.messages = 100
            group.max.size = 5
            http = 127.0.0.1:9193
            """
        )
        #expect(settings.listen == Endpoint(host: "127.0.0.1", port: 9192))
        #expect(settings.advertise == Endpoint(host: "localhost", port: 9192))
        #expect(settings.data == "/var/lib/log")
        #expect(settings.partitions == 6)
        #expect(!settings.createsTopics)
        #expect(settings.groupInitialDelay == 0)
        #expect(settings.offsetsRetention == 3_600_000)
        #expect(settings.limits.groupSize == 5)
        #expect(settings.http == Endpoint(host: "127.0.0.1", port: 9193))
        let topic = try LogSettings(["segment.bytes": "2048"], over: settings.topics)
        #expect(topic.retentionMilliseconds == 3_600_000)
        #expect(topic.segmentBytes == 2048)
        #expect(topic.flushMessages == 100)
        #expect(topic.overrides == ["segment.bytes": "2048"])
    }

    @Test func theCommandLineWins() throws {
        let settings = try settings(
            "log.dirs = /file\nnum.partitions = 6\nlog.flush.interval.messages = 100\nlog.retention.ms = 5",
            ["--data", "/line", "--partitions", "2", "--flush"]
        )
        #expect(settings.data == "/line")
        #expect(settings.partitions == 2)
        #expect(settings.topics.flushMessages == 1)
        #expect(settings.topics.retentionMilliseconds == 5)
    }

    @Test(arguments: [
        ("log.dirs = /d\nlog.retention.hours = 1", "2: unknown key log.retention.hours"),
        ("\n\nnum.partitions", "3: expected key = value"),
        ("num.partitions = six", "1: invalid value six for num.partitions"),
        ("log.segment.bytes = 7", "1: invalid value 7 for log.segment.bytes"),
        ("listeners = TLS://127.0.0.1:9092", "1: invalid value TLS://127.0.0.1:9092 for listeners"),
        ("log.dirs = /a,/b", "1: invalid value /a,/b for log.dirs"),
        ("num.partitions = 1\nnum.partitions = 2", "2: num.partitions is set twice"),
        ("min.insync.replicas = 0", "1: invalid value 0 for min.insync.replicas"),
    ])
    func anErrorNamesItsLine(text: String, reason: String) {
        let error = #expect(throws: ConfigFile.Invalid.self) { try settings(text) }
        #expect(error?.description == "\(path):\(reason)")
    }

    @Test(arguments: ["0.0.0.0", "127.example.com", "192.0.2.1"])
    func anAddressBeyondLoopbackIsRefusedFromAFileAsWell(_ host: String) throws {
        #expect(throws: (any Error).self) { try settings("log.dirs = /d\nlisteners = PLAINTEXT://\(host):9092") }
        #expect(try settings("log.dirs = /d\nlisteners = PLAINTEXT://127.0.0.2:9092").listen.host == "127.0.0.2")
    }

    /// The protocol that the file names must be the one that the listener speaks.
    @Test func theNamedProtocolMustBeTheListenersProtocol() throws {
        let tls = ["--tls-certificate", "c", "--tls-key", "k"]
        let spoken = [
            "PLAINTEXT": [], "SASL_PLAINTEXT": ["--access", "a"], "SSL": tls, "SASL_SSL": ["--access", "a"] + tls,
        ]
        for name in spoken.keys {
            for (other, options) in spoken {
                for key in ["listeners", "advertised.listeners"] {
                    let parsed = try? settings("log.dirs = /d\n\(key) = \(name)://127.0.0.1:9192", options)
                    #expect((parsed != nil) == (name == other), "\(name) with \(options)")
                }
            }
        }
        // The certificate is the login, so no other login is asked for.
        let certificate = tls + ["--tls-client-ca", "ca", "--access", "a"]
        #expect(try settings("log.dirs = /d\nlisteners = SSL://127.0.0.1:9192", certificate).listen.port == 9192)
    }

    private func settings(_ text: String, _ arguments: [String] = []) throws -> Settings {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try Options.parse(["--config", path] + arguments).settings()
    }
}
