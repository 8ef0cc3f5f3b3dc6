public import Foundation

/// A private `dcmms-broker`.
public struct BrokerServer: Sendable {
    public let process: ServerProcess
    public let port: Int

    public var bootstrap: String { "127.0.0.1:\(port)" }

    /// Starts the broker over the log in `directory/broker`.
    public static func start(
        in directory: URL,
        port: Int? = nil,
        lifetime: ServerProcess.Lifetime = .starter
    ) async throws -> BrokerServer {
        let port = try port ?? Port.free()
        try Port.require(port, for: "broker")
        let ready = directory.appending(path: "broker.ready")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try? FileManager.default.removeItem(at: ready)
        let process = try await ServerProcess.start(
            "broker",
            [
                Executables.path("dcmms-broker"), "--listen", "127.0.0.1:\(port)", "--data",
                directory.appending(path: "broker").path, "--ready-file", ready.path, "--group-initial-delay-ms", "0",
            ],
            directory: directory,
            lifetime: lifetime
        )
        try await process.ready { FileManager.default.fileExists(atPath: ready.path) }
        return BrokerServer(process: process, port: port)
    }
}
