import ArgumentParser
import Foundation
import Kafka
import LocalServers
import Testing

@testable import Broker

/// What the command line promises, tested on the process.
@Suite struct OptionTests {
    @Test func theReadyFileNamesThePortOfABrokerThatServes() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "dcmms-options-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "ready")
        let process = try await ServerProcess.start(
            "broker",
            [
                Executables.path("dcmms-broker"), "--listen", "127.0.0.1:0", "--data",
                folder.appending(path: "data").path, "--ready-file", file.path,
            ],
            directory: folder,
            lifetime: .starter
        )
        let address = try await eventually("the ready file") { () -> String? in
            try #require(process.isRunning, "\(process.lastWords)")
            return try? String(contentsOf: file, encoding: .utf8)
        }
        // The broker advertises the port that it has picked.
        let metadata = try await kcat(["-b", address, "-L"])
        #expect(!address.hasSuffix(":0") && metadata.contains("broker 1 at \(address) (controller)"))
        // A killed broker's ready file must not look like the file of a broker that does not get to serve.
        let stale = folder.appending(path: "stale")
        try Data(address.utf8).write(to: stale)
        await #expect(throws: LocalServerError.self) {
            _ = try await Executables.run(
                "dcmms-broker",
                ["--listen", address, "--data", folder.appending(path: "other").path, "--ready-file", stale.path]
            )
        }
        #expect(!FileManager.default.fileExists(atPath: stale.path))
        await process.stop()
        #expect(!FileManager.default.fileExists(atPath: file.path))
    }

    @Test func clientsGetTheAdvertisedAddress() async throws {
        let broker = try await BrokerProcess(["--advertise", "broker.invalid:9099"])
        #expect(try await kcat(["-b", broker.bootstrap, "-L"]).contains("broker 1 at broker.invalid:9099 "))
        let (port, group) = (broker.port, "g")
        let coordinator = try await onThread {
            var answer = try LogConnection(port: port).call(10, version: 0) { $0.write(group) }
            _ = (try answer.read(Int16.self), try answer.read(Int32.self))
            return "\(try answer.string()):\(try answer.read(Int32.self))"
        }
        #expect(coordinator == "broker.invalid:9099")
        await broker.end()
    }

    @Test(arguments: ["0.0.0.0:9092", "[::]:9092"])
    func clientsNeverGetAWildcardAddressOrPortZero(_ everywhere: String) throws {
        func settings(_ arguments: [String]) throws -> Settings {
            try Options.parse(["--data", "/nowhere"] + arguments).settings()
        }
        let exposed = ["--listen", everywhere, "--expose-without-authentication"]
        #expect(throws: (any Error).self) { try settings(exposed) }
        #expect(throws: (any Error).self) { try settings(["--advertise", everywhere]) }
        #expect(throws: (any Error).self) { try settings(["--advertise", "broker.invalid:0"]) }
        #expect(try settings(exposed + ["--advertise", "broker.invalid:9092"]).advertise?.port == 9092)
    }

    @Test func topicsAreCreatedAutomaticallyOnlyIfAllowed() async throws {
        for (options, expected) in [([], ErrorCode.none), (["--no-topic-creation"], .unknownTopicOrPartition)] {
            let broker = try await BrokerProcess(["--partitions", "5"] + options)
            let port = broker.port
            let answers = try await onThread {
                let connection = try LogConnection(port: port)
                try connection.createTopics([("wished", -1, [:])])
                return try ["wished", "named", "asked"].map { topic in
                    var answer = try connection.call(3, version: 4) { body in
                        body.array([topic]) { $0.write($1) }
                        body.write(topic != "asked")  // may be created
                    }
                    return try Self.topic(&answer)
                }
            }
            #expect(answers.map(\.error) == [ErrorCode.none, expected, .unknownTopicOrPartition])
            #expect(answers.map(\.partitions) == [5, expected == .none ? 5 : 0, 0])
            await broker.end()
        }
    }

    /// The only topic in an answer to Metadata 4.
    private static func topic(_ answer: inout WireReader) throws -> (error: ErrorCode?, partitions: Int) {
        _ = try answer.read(Int32.self)  // throttle
        _ = try answer.array { broker in
            _ = (try broker.read(Int32.self), try broker.string(), try broker.read(Int32.self))
            _ = try broker.nullableString()  // rack
        }
        _ = (try answer.nullableString(), try answer.read(Int32.self), try answer.read(Int32.self))
        let error = ErrorCode(rawValue: try answer.read())
        _ = (try answer.string(), try answer.bool())
        return (error, Int(try answer.read(Int32.self)))
    }
}
