public import Foundation

/// A private `dcmms-broker`.
public struct BrokerServer: Sendable {
    public let process: ServerProcess
    public let port: Int
    /// The port of its schema registry; `nil`: it has none.
    public let registryPort: Int?

    public var bootstrap: String { "127.0.0.1:\(port)" }

    /// Starts the broker over the log in `directory/broker`.
    ///
    /// - Parameters:
    ///   - registryPort: Where its schema registry listens; `nil`: it has none.
    ///   - options: More of its command line.
    public static func start(
        in directory: URL,
        port: Int? = nil,
        registryPort: Int? = nil,
        options: [String] = [],
        lifetime: ServerProcess.Lifetime = .starter
    ) async throws -> BrokerServer {
        let port = try port ?? Port.free()
        try Port.require(port, for: "broker")
        if let registryPort { try Port.require(registryPort, for: "schema-registry") }
        let ready = directory.appending(path: "broker.ready")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try? FileManager.default.removeItem(at: ready)
        let process = try await ServerProcess.start(
            "broker",
            [
                Executables.path("dcmms-broker"), "--listen", "127.0.0.1:\(port)", "--data",
                directory.appending(path: "broker").path, "--ready-file", ready.path, "--group-initial-delay-ms", "0",
            ] + (registryPort.map { ["--schema-registry", "127.0.0.1:\($0)"] } ?? []) + options,
            directory: directory,
            lifetime: lifetime
        )
        try await process.ready { FileManager.default.fileExists(atPath: ready.path) }
        return BrokerServer(process: process, port: port, registryPort: registryPort)
    }
}
