import Foundation
import LocalServers
import TestSupport
import Testing

/// A Kafka client of other authors, as a command line: kcat, or one of the scripts in this folder.
struct MatrixClient: Sendable, CustomTestStringConvertible {
    let name: String
    /// The command that starts it, without the address and the command's name; throws if it is missing.
    private let program: @Sendable () async throws -> [String]
    let strategies: [String]

    var testDescription: String { name }

    static let all = [kcat, confluent, kafkaPython, java]
    static let codecs = ["none", "gzip", "snappy", "lz4", "zstd"]

    /// librdkafka 2.0.2, the library that the fleet uses.
    static let kcat = MatrixClient(
        name: "kcat",
        program: { ["/usr/bin/kcat"] },
        strategies: ["range", "cooperative-sticky"]
    )
    static let confluent = python("confluent", needs: "confluent_kafka")
    static let kafkaPython = python("kafka_python", needs: "kafka, lz4, snappy, zstandard")
    static let java = MatrixClient(
        name: "java",
        program: { try await JavaProgram.shared.command() },
        strategies: ["range", "cooperative-sticky"]
    )

    private static func python(_ name: String, needs modules: String) -> MatrixClient {
        MatrixClient(
            name: name,
            program: {
                let python = Python.path(".local/venv/bin/python")
                guard (try? await Tool.run([python, "-c", "import \(modules)"])) != nil else {
                    throw Missing(
                        what: "\(name).py needs \(modules) in .local/venv; deploy/local/setup.sh installs them"
                    )
                }
                return [python, Python.path("Tests/BrokerTests/Clients/\(name).py")]
            },
            strategies: ["range", "cooperative-sticky"]
        )
    }

    /// The client is not available on this machine.
    struct Missing: Error {
        let what: String
    }

    /// Runs the body, or reports that it could not be tested.
    static func unlessMissing(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let missing as Missing {
            print("SKIPPED: \(missing.what)")
        }
    }

    var hasTransactions: Bool { name != "kcat" }
    var hasAdmin: Bool { name != "kcat" }

    // MARK: - Commands

    func produce(_ lines: [String], to topic: String, codec: String, at bootstrap: String) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "dcmms-lines-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try lines.map { $0 + "\n" }.joined().write(to: file, atomically: true, encoding: .utf8)
        let codecFlag = codec == "none" ? [] : ["-z", codec]
        try await run(
            name == "kcat"
                ? ["-b", bootstrap, "-P", "-t", topic, "-l"] + codecFlag + [file.path]
                : [bootstrap, "produce", topic, codec, file.path]
        )
    }

    /// Every committed value of the topic.
    func read(_ topic: String, at bootstrap: String) async throws -> [String] {
        let output = try await run(
            name == "kcat"
                ? ["-b", bootstrap, "-C", "-t", topic, "-e", "-q", "-X", "isolation.level=read_committed"]
                : [bootstrap, "read", topic]
        )
        return output.split(separator: "\n").map(String.init)
    }

    func abortAndCommit(in topic: String, at bootstrap: String) async throws {
        try await run([bootstrap, "transactions", topic])
    }

    func administer(_ topic: String, at bootstrap: String) async throws {
        try await run([bootstrap, "admin", topic])
    }

    /// The command line of a group's member, which prints "got PARTITION OFFSET VALUE" and leaves at SIGTERM.
    func member(of group: String, reading topic: String, strategy: String, at bootstrap: String) async throws
        -> [String]
    {
        guard name == "kcat" else { return try await program() + [bootstrap, "member", group, topic, strategy] }
        let settings = [
            "auto.offset.reset=earliest", "auto.commit.interval.ms=100", "session.timeout.ms=10000",
            "heartbeat.interval.ms=300", "partition.assignment.strategy=\(strategy)",
        ]
        return try await program() + ["-b", bootstrap, "-q", "-u", "-f", "got %p %o %s\n"]
            + settings.flatMap { ["-X", $0] } + ["-G", group, topic]
    }

    /// A client that hangs is ended and fails its test.
    @discardableResult
    private func run(_ arguments: [String]) async throws -> String {
        try await Tool.run(["timeout", "300"] + program() + arguments)
    }
}

/// The Java client, compiled once per run.
actor JavaProgram {
    static let shared = JavaProgram()

    private let folder = FileManager.default.temporaryDirectory.appending(path: "dcmms-java-\(UUID().uuidString)")
    private var compilation: Task<[String], any Error>?

    func command() async throws -> [String] {
        if let compilation { return try await compilation.value }
        let task = Task { [folder] in
            let jars = Python.path(".local/java") + "/*"
            guard (try? await Tool.run(["javac", "-version"])) != nil,
                FileManager.default.fileExists(atPath: Python.path(".local/java"))
            else {
                throw MatrixClient.Missing(
                    what: "the Java client needs a JDK and its jars; `deploy/local/java-client.sh` installs both"
                )
            }
            try await Tool.run([
                "javac", "-cp", jars, "-d", folder.path, Python.path("Tests/BrokerTests/Clients/JavaClient.java"),
            ])
            // For programs that run for a second: no optimizing compiler, one collector thread.
            return [
                "java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dslf4j.internal.verbosity=ERROR", "-cp",
                "\(folder.path):\(jars)", "JavaClient",
            ]
        }
        compilation = task
        return try await task.value
    }
}
