import Foundation
import LocalServers
import TestSupport

@testable import Broker

/// The broker of one round: killed at any moment, and started again on the same folder and port.
final class CrashBroker {
    let folder: URL
    let port: Int
    private let flushes: Bool
    private var process: ServerProcess?

    init(flushes: Bool) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "dcmms-crash-\(UUID().uuidString)")
        port = try Port.free()
        self.flushes = flushes
    }

    private var data: URL { folder.appending(path: "broker") }

    /// Starts the process; it may be killed before it has opened its log.
    ///
    /// - Parameter upkeep: how often retention and compaction run, in milliseconds.
    func launch(upkeep: Int = 10) async throws {
        try await eventually("the killed broker's port") { try? Port.require(port, for: "broker") }
        process = try await ServerProcess.start(
            "broker",
            [
                Executables.path("dcmms-broker"), "--listen", "127.0.0.1:\(port)", "--data", data.path,
                "--upkeep-interval-ms", "\(upkeep)",
            ] + (flushes ? ["--flush"] : []),
            directory: folder,
            lifetime: .starter
        )
    }

    struct Ended: Error, CustomStringConvertible {
        let lastWords: String

        var description: String { "the broker ended by itself:\n\(lastWords)" }
    }

    func serves() async throws {
        try await eventually("the broker to serve; its last words:\n\(process?.lastWords ?? "")") { () -> Bool? in
            guard let process, process.isRunning else { throw Ended(lastWords: process?.lastWords ?? "") }
            return (try? LogConnection(port: port)).map { _ in true }
        }
    }

    func kill() async {
        await process?.kill()
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }

    /// Gives an internal topic small segments, so that it is compacted within a round.
    func shrink(_ topic: String) throws {
        let directory = data.appending(path: "topics/\(topic)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let configuration = ["cleanup.policy": "compact", "segment.bytes": "4096", "max.message.bytes": "10485760"]
        let settings = try LogSettings(configuration)
        try Topic(name: topic, directory: directory, settings: settings).save(partitions: 1, settings: settings)
    }

    /// Appends what a power cut can leave after the last synced batch: bytes of an unfinished write.
    func tearTails(_ random: inout Seeded) throws {
        let topics = data.appending(path: "topics")
        for topic in try FileManager.default.contentsOfDirectory(atPath: topics.path) {
            let directory = topics.appending(path: topic)
            for partition in try FileManager.default.contentsOfDirectory(atPath: directory.path) {
                try tearTail(directory.appending(path: partition), &random)
            }
        }
    }

    private func tearTail(_ partition: URL, _ random: inout Seeded) throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: partition.path)) ?? []
        guard let active = names.filter({ $0.hasSuffix(".log") }).max() else { return }
        let path = partition.appending(path: active)
        let written = try Data(contentsOf: path)
        var tail: [UInt8]
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return
        case 1: tail = (0..<Int.random(in: 1...300, using: &random)).map { _ in .random(in: 0...255, using: &random) }
        case 2: tail = Array(repeating: 0, count: Int.random(in: 1...5000, using: &random))
        default:
            // The beginning of a batch that could come next.
            guard written.count > BatchHeader.size else { return }
            let first = written.withUnsafeBytes { BatchHeader($0) }
            tail = Array(written.prefix(Int.random(in: 1..<first.size, using: &random)))
            tail.replaceSubrange(0..<min(8, tail.count), with: [0, 0, 0, 0, 0x7f, 0, 0, 0].prefix(tail.count))
        }
        let file = try FileHandle(forWritingTo: path)
        try file.seekToEnd()
        try file.write(contentsOf: tail)
        try file.close()
    }
}
