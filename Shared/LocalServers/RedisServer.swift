public import Foundation

/// A private Redis.
public struct RedisServer: Sendable {
    public let process: ServerProcess
    public let port: Int

    public var url: String { "redis://127.0.0.1:\(port)" }

    /// Starts Redis; what it holds is a cache, so it saves nothing.
    public static func start(
        in directory: URL,
        port: Int? = nil,
        lifetime: ServerProcess.Lifetime = .starter
    ) async throws -> RedisServer {
        let port = try port ?? Port.free()
        try Port.require(port, for: "redis")
        let command = [
            "redis-server", "--port", "\(port)", "--bind", "127.0.0.1", "--save", "", "--dir", directory.path,
        ]
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let process = try await ServerProcess.start("redis", command, directory: directory, lifetime: lifetime)
        try await process.ready { Port.answers(port) }
        return RedisServer(process: process, port: port)
    }
}
