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

/// The fleet's own programs, where the running one was built.
public enum Executables {
    /// The path of a program that was built together with this one.
    public static func path(_ name: String) -> String {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: own).deletingLastPathComponent().appending(path: name).path
    }
}

extension Executables {
    /// Runs one of the fleet's programs (or any other, by its full path) to its end and returns what it printed.
    public static func run(_ name: String, _ arguments: [String]) async throws -> String {
        try await Tool.run([name.hasPrefix("/") ? name : path(name)] + arguments)
    }
}
